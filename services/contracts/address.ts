import { type Static, Type } from "typebox";

/**
 * One line of an address: no control characters and no halves of characters, so that it can be stored and printed on
 * a label.
 */
const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$" });

/** ISO 3166-1 alpha-2 code of a country, such as `DE`. */
export const Country = Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2 code" });

/** Where a parcel goes. */
export const Address = Type.Object(
  {
    name: Line(100),
    street: Line(200),
    city: Line(100),
    postalCode: Line(20),
    country: Country,
  },
  { additionalProperties: false },
);
export type Address = Static<typeof Address>;

/** How fast a parcel goes. */
export const SHIPPING_METHODS = ["standard", "express"] as const;
export const ShippingMethod = Type.Enum(SHIPPING_METHODS);
export type ShippingMethod = Static<typeof ShippingMethod>;
