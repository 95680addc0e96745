import { type Static, Type } from "typebox";

/** What buyers think of a product, all together. */
export const Rating = Type.Object({
  /** Mean of the stars with two decimals, such as 4.25. */
  average: Type.Number({ minimum: 1, maximum: 5 }),
  count: Type.Integer({ minimum: 1 }),
});
export type Rating = Static<typeof Rating>;
