import { type Static, Type } from "typebox";
import { Quantity, Sku } from "./catalog-api.ts";
import { Currency, MinorUnits } from "./money.ts";

/**
 * Name of the cookie that tells the cart of somebody who is not logged in. Its value is always the shop's: one that there
 * is no cart of is answered with a new one. Anybody can have such a cart for the asking, so the new ones of an address are
 * limited (429), and a cart that is changed only once is kept for a day: carts that nobody comes back to must not push
 * out those of people who mean to buy. From its second change on it is kept for 30 days after the last.
 */
export const CART_COOKIE = "cart";

/** What the value of {@link CART_COOKIE} looks like; anything else is taken for no cookie. */
export const CART_TOKEN = /^[\w-]{32}$/;

/** `PUT /cart/lines/{sku}`: so many of it, whatever there was before. */
export const CartLineRequest = Type.Object({ quantity: Quantity }, { additionalProperties: false });

/** One kind of goods in a cart. What it costs is always the catalog's word of this moment. */
export const CartLine = Type.Object({
  sku: Sku,
  quantity: Quantity,
  /** Missing while the catalog cannot be asked, or when it no longer sells this. */
  productId: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  image: Type.Optional(Type.String()),
  unitPrice: Type.Optional(MinorUnits),
  currency: Type.Optional(Currency),
  /** How many could be ordered now. */
  available: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Why it cannot be ordered as it is. */
  problem: Type.Optional(Type.Enum(["unknown-sku", "out-of-stock", "price-unknown"])),
});
export type CartLine = Static<typeof CartLine>;

/**
 * `GET /cart`, and the answer to every change: `PUT` and `DELETE /cart/lines/{sku}`, `DELETE /cart`, and `POST
 * /cart/merge`. Any request of somebody who is logged in and still sends {@link CART_COOKIE} puts what was in that
 * guest's cart into their own first, once; a merge does nothing else.
 */
export const Cart = Type.Object({
  /** By SKU. */
  lines: Type.Array(CartLine),
  /** The currency of every price; missing where they differ or are unknown. */
  currency: Type.Optional(Currency),
  /** Sum of the goods; missing unless every line has a price in the same currency. */
  goods: Type.Optional(MinorUnits),
  /** Whether it can be ordered as it is: not empty, one currency, and no line has a problem. */
  orderable: Type.Boolean(),
  /**
   * What a guest had in the cart and could not be taken over at login: there was no line left for it, or more pieces
   * than a line may have. Only in the answer to the request that merged.
   */
  leftOut: Type.Optional(Type.Array(Type.Object({ sku: Sku, quantity: Quantity }))),
  /**
   * Whether a replica has acknowledged the last change, so that it survives the loss of the Redis primary. Only
   * in answers to changes.
   */
  replicated: Type.Optional(Type.Boolean()),
});
export type Cart = Static<typeof Cart>;

/** Kinds of problem that carts are answered with. */
export const CART_PROBLEMS = {
  /** 409: a cart holds no more different goods than an order may have lines. */
  full: "cart-full",
  /** 503: Redis is away. Whether it was done is not known; repeated when it is back, the same request does it once. */
  unavailable: "unavailable",
} as const;
