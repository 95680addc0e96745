/** Who is in the demo shop from the start, and the password of all of them. */
export const PEOPLE = {
  shopper: "shopper@example.com",
  support: "support@example.com",
  merchant: "merchant@example.com",
} as const;
export const PASSWORD = "a password that only tests know";
