import { randomUUIDv7 } from "node:crypto";
import type { Static } from "typebox";
import { type Database, outboxRow, type Queryable, statement, storeEvent } from "../../chassis/index.ts";
import { productRated, type Review, type ReviewRequest } from "../../contracts/review-api.ts";
import { notBought, unknownReview } from "./problems.ts";
import { RATING_OF, showRating } from "./rating.ts";
import { type ReviewRow, SHOWN_COLUMNS, showReview } from "./read-reviews.ts";

/** Stores nothing where the purchase is missing; the database would refuse it, too. */
const PUT = statement<ReviewRow>(
  "review-put",
  `INSERT INTO reviews (id, user_id, product_id, stars, title, text, author)
   SELECT $1::uuid, user_id, product_id, $4::smallint, $5, $6, $7
   FROM purchases WHERE user_id = $2 AND product_id = $3
   ON CONFLICT (user_id, product_id) DO UPDATE
   SET stars = excluded.stars, title = excluded.title, text = excluded.text, author = excluded.author
   RETURNING ${SHOWN_COLUMNS}`,
);
const WITHDRAW = statement<{ id: string }>(
  "review-withdraw",
  "DELETE FROM reviews WHERE user_id = $1 AND product_id = $2 RETURNING id",
);
const REMOVE = statement<{ review_id: string }>(
  "review-remove",
  `WITH removed AS (DELETE FROM reviews WHERE id = $1 AND product_id = $2 RETURNING *)
   INSERT INTO review_removals
     (review_id, product_id, user_id, stars, title, text, author, created_at, removed_by, reason)
   SELECT id, product_id, user_id, stars, title, text, author, created_at, $3::uuid, $4::text FROM removed
   RETURNING review_id`,
);
const REMOVED = statement<{ review_id: string }>(
  "review-removed",
  "SELECT review_id FROM review_removals WHERE review_id = $1 AND product_id = $2",
);

/** A review that is removed by somebody else than its author. */
export interface Removal {
  readonly productId: string;
  readonly reviewId: string;
  readonly moderatorId: string;
  readonly reason: string | undefined;
}

/** Changes reviews. The database keeps the rating; what it came to is published with the change. */
export class ReviewStore {
  readonly #database: Database;
  readonly #onEvent: () => void;

  /** @param onEvent Called after each change, when its event is stored. */
  constructor(database: Database, onEvent: () => void) {
    this.#database = database;
    this.#onEvent = onEvent;
  }

  /**
   * Stores somebody's review of something they bought, instead of the one that they had.
   *
   * @throws {Problem} 403 when they have not bought it.
   */
  async put(userId: string, productId: string, review: Static<typeof ReviewRequest>): Promise<Review> {
    const stored = await this.#database.transaction(async (transaction) => {
      const row = await putReview(transaction, userId, productId, review);
      await publishRating(transaction, productId);
      return row;
    });
    this.#onEvent();
    return showReview(stored);
  }

  /** Takes somebody's own review back; done twice, nothing more happens. */
  async withdraw(userId: string, productId: string): Promise<void> {
    const changed = await this.#database.transaction(async (transaction) => {
      const withdrawn = await transaction.query(WITHDRAW, [userId, productId]);
      if (withdrawn.length > 0) await publishRating(transaction, productId);
      return withdrawn.length > 0;
    });
    if (changed) this.#onEvent();
  }

  /**
   * Removes anybody's review, and keeps what it was, who removed it and why; done twice, nothing more happens.
   *
   * @throws {Problem} 404 when the product never had this review, or its author took it back.
   */
  async remove({ productId, reviewId, moderatorId, reason }: Removal): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const removed = await transaction.query(REMOVE, [reviewId, productId, moderatorId, reason ?? null]);
      if (removed.length > 0) return publishRating(transaction, productId);
      const before = await transaction.query(REMOVED, [reviewId, productId]);
      if (before.length === 0) throw unknownReview(reviewId);
    });
    this.#onEvent();
  }
}

/**
 * Stores a review; its rating is still to be published.
 *
 * @throws {Problem} 403 when its author has not bought it.
 */
export async function putReview(
  transaction: Queryable,
  userId: string,
  productId: string,
  { stars, title, text, author }: Static<typeof ReviewRequest>,
): Promise<ReviewRow> {
  const values = [randomUUIDv7(), userId, productId, stars, title, text, author];
  const [row] = await transaction.query(PUT, values);
  if (row === undefined) throw notBought(productId);
  return row;
}

/**
 * Tells others what the reviews of a product add up to. Where they have just been changed, the row of the rating is locked,
 * so that versions go up in the order in which events are stored.
 */
export async function publishRating(transaction: Queryable, productId: string): Promise<void> {
  const [row] = await transaction.query(RATING_OF, [productId]);
  if (row === undefined) throw new Error(`the rating of ${productId} is not kept; a trigger is missing`);
  const event = { productId, rating: showRating(row), version: row.version };
  await storeEvent(transaction, outboxRow(productRated, productId, event));
}
