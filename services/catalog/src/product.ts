import { type Static, Type } from "typebox";
import { Sku } from "../../contracts/catalog-api.ts";
import { Currency, MinorUnits } from "../../contracts/money.ts";

/** A product as shoppers see it. */
export const Product = Type.Object({
  sku: Sku,
  name: Type.String(),
  description: Type.String(),
  price: MinorUnits,
  currency: Currency,
  images: Type.Array(Type.String({ description: "Path or URL of a picture" })),
  available: Type.Integer({ minimum: 0, description: "Pieces that can be reserved now" }),
});
export type Product = Static<typeof Product>;

/** Some products, and where to go on. */
export const ProductPage = Type.Object({
  items: Type.Array(Product),
  next: Type.Union([Type.String(), Type.Null()], {
    description: "Pass it as `after` to get the next page; null on the last one",
  }),
});
export type ProductPage = Static<typeof ProductPage>;

/** What `GET /products` may be asked for. */
export const ProductQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        // PostgreSQL's texts hold every character but this one.
        pattern: "^[^\\u0000]*$",
        description: 'Words to look for; "quoted phrases", `or` and -exclusions work',
      }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 24 }),
    after: Type.Optional(Type.String({ maxLength: 400, description: "`next` of the page before" })),
  },
  { additionalProperties: false },
);
export type ProductQuery = Static<typeof ProductQuery>;
