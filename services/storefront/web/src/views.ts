/** Paths of the shop's views, as the router and the server both read them. */
export const VIEWS = [
  "/",
  "/products",
  "/products/:id",
  "/cart",
  "/checkout",
  "/orders",
  "/orders/:id",
  "/tracking",
  "/tracking/:number",
  "/login",
  "/register",
  "/forgot-password",
  "/reset-password",
  "/verify-email",
  "/account",
  "/support",
  "/returns",
  "/merchant",
  "/merchant/:id",
] as const;

/** A path of the shop, before its parameters are filled in. */
export type View = (typeof VIEWS)[number];
