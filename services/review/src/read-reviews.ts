import { type Queryable, statement } from "../../chassis/index.ts";
import type { MyReviews, Review, ReviewPage } from "../../contracts/review-api.ts";
import { RATING_OF, showRating, UNRATED } from "./rating.ts";

/** A review as it is stored, without whose it is. */
export interface ReviewRow {
  readonly id: string;
  readonly product_id: string;
  readonly stars: number;
  readonly title: string;
  readonly text: string;
  readonly author: string;
  readonly created_at: Date;
}

export const SHOWN_COLUMNS = "id, product_id, stars, title, text, author, created_at";

/** Ids begin with their time, so the newest is the greatest. */
const PAGE = statement<ReviewRow>(
  "reviews-of-product",
  `SELECT ${SHOWN_COLUMNS} FROM reviews
   WHERE product_id = $1 AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   ORDER BY id DESC LIMIT $3`,
);
const MINE = statement<ReviewRow>(
  "reviews-of-user",
  `SELECT ${SHOWN_COLUMNS} FROM reviews
   WHERE user_id = $1 AND product_id = coalesce($2, product_id)
   ORDER BY id DESC LIMIT $3`,
);
const REVIEWABLE = statement<{ product_id: string }>(
  "reviewable-of-user",
  `SELECT product_id FROM purchases p
   WHERE user_id = $1 AND product_id = coalesce($2, product_id)
     AND NOT EXISTS (SELECT FROM reviews r WHERE (r.user_id, r.product_id) = (p.user_id, p.product_id))
   ORDER BY bought_at DESC, product_id LIMIT $3`,
);

/** Which reviews of a product are asked for. */
export interface PageQuery {
  readonly product: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** A page of a product's reviews, with what all of them add up to. */
export async function readPage(
  database: Queryable,
  { product, limit, after }: PageQuery,
): Promise<ReviewPage> {
  const [rows, [rating = UNRATED]] = await Promise.all([
    // One more than asked for tells whether there is a next page.
    database.query(PAGE, [product, after ?? null, limit + 1]),
    database.query(RATING_OF, [product]),
  ]);
  const page = rows.slice(0, limit);
  return {
    items: page.map(showReview),
    rating: showRating(rating),
    histogram: rating.histogram,
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** The newest of somebody's reviews, and what they may review yet, of all products or of one. */
export async function readMine(
  database: Queryable,
  userId: string,
  limit: number,
  product?: string,
): Promise<MyReviews> {
  const values = [userId, product ?? null, limit];
  const [mine, reviewable] = await Promise.all([
    database.query(MINE, values),
    database.query(REVIEWABLE, values),
  ]);
  return { items: mine.map(showReview), reviewable: reviewable.map(({ product_id }) => product_id) };
}

/** A review as the API shows it. */
export const showReview = (row: ReviewRow): Review => ({
  id: row.id,
  productId: row.product_id,
  stars: row.stars,
  title: row.title,
  text: row.text,
  author: row.author,
  createdAt: row.created_at.toISOString(),
});
