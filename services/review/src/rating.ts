import { statement } from "../../chassis/index.ts";
import type { Rating } from "../../contracts/rating.ts";

/** What a product's reviews add up to, as the database keeps it. */
export interface RatingRow {
  readonly histogram: number[];
  readonly review_count: number;
  readonly stars_sum: number;
  readonly version: number;
}

export const RATING_OF = statement<RatingRow>(
  "rating-of",
  "SELECT histogram, review_count, stars_sum, version FROM product_ratings WHERE product_id = $1",
);

/** What a product has that nobody has reviewed yet. */
export const UNRATED: RatingRow = { histogram: [0, 0, 0, 0, 0], review_count: 0, stars_sum: 0, version: 0 };

/** The mean of the stars, rounded half up to two decimals; null where there are none. */
export function showRating({ review_count, stars_sum }: RatingRow): Rating | null {
  if (review_count === 0) return null;
  return { average: Math.round((stars_sum * 100) / review_count) / 100, count: review_count };
}
