import { type Static, Type } from "typebox";
import { ProductId } from "./catalog-api.ts";
import { defineEvent } from "./event.ts";
import { Rating } from "./rating.ts";

export { Rating };

/** Whole stars. */
export const Stars = Type.Integer({ minimum: 1, maximum: 5 });

/** `PUT /reviews/{productId}`: the caller's one review of something they bought. `DELETE` takes it back. */
export const ReviewRequest = Type.Object(
  {
    stars: Stars,
    title: Type.String({ minLength: 1, maxLength: 120, pattern: "^[^\\u0000]*$" }),
    text: Type.String({ maxLength: 4000, pattern: "^[^\\u0000]*$" }),
    /** Name that is shown with it. */
    author: Type.String({ minLength: 1, maxLength: 60, pattern: "^[^\\u0000-\\u001f\\u007f]+$" }),
  },
  { additionalProperties: false },
);

export const Review = Type.Object({
  id: Type.String({ format: "uuid" }),
  productId: ProductId,
  stars: Stars,
  title: Type.String(),
  text: Type.String(),
  author: Type.String(),
  createdAt: Type.String({ format: "date-time" }),
});
export type Review = Static<typeof Review>;

/** `GET /reviews?product={productId}&limit=&after=`: public, the newest first; `after` is the `next` of a page. */
export const ReviewPage = Type.Object({
  items: Type.Array(Review),
  rating: Type.Union([Rating, Type.Null()]),
  /** How many reviews gave one star, two, … five. */
  histogram: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 5, maxItems: 5 }),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type ReviewPage = Static<typeof ReviewPage>;

/** `GET /reviews/mine`, with `?product=` about one product only: what the caller wrote, and what they may review yet. */
export const MyReviews = Type.Object({
  /** The newest first. */
  items: Type.Array(Review),
  /** Products that they bought and have not reviewed, the last bought first. */
  reviewable: Type.Array(ProductId),
});
export type MyReviews = Static<typeof MyReviews>;

/** `DELETE /reviews/{productId}/{reviewId}`: removes anybody's review and records who did it and why; `reviews:moderate`. */
export const RemovalQuery = Type.Object(
  {
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, pattern: "^[^\\u0000]*$" })),
  },
  { additionalProperties: false },
);

/**
 * The reviews of a product changed, and with them its rating, which is null when the last one was removed. `version`
 * grows with each change.
 */
export const productRated = defineEvent({
  name: "product.rated",
  version: 1,
  schema: Type.Object({
    productId: ProductId,
    rating: Type.Union([Rating, Type.Null()]),
    version: Type.Integer({ minimum: 1 }),
  }),
});

/** Kinds of problem that reviews are answered with. */
export const REVIEW_PROBLEMS = {
  /** 403: only who bought it may review it. */
  notBought: "not-bought",
  /** 404 */
  unknownReview: "unknown-review",
} as const;
