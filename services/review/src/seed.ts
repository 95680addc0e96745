import { randomUUIDv7 } from "node:crypto";
import { type Database, oneOf, readSettings, statement } from "../../chassis/index.ts";
import { DEMO_PRODUCTS, demoReviews } from "./demo-reviews.ts";
import { rememberBought } from "./purchases.ts";
import { RATING_OF } from "./rating.ts";
import { publishRating, putReview } from "./review-store.ts";

/** Those who seed at the same time take turns. */
const LOCK = statement("seed-lock", "LOCK TABLE reviews IN SHARE ROW EXCLUSIVE MODE");
const IS_EMPTY = statement<{ empty: boolean }>(
  "are-there-reviews",
  "SELECT NOT EXISTS (SELECT FROM reviews) AND NOT EXISTS (SELECT FROM review_removals) AS empty",
);

/**
 * Gives the demo shop reviews by demo buyers where `SEED_DEMO` is `true` and nobody has reviewed anything, and tells each
 * time what they add up to: a catalog that came up later than this service has not heard of it.
 *
 * @throws {SettingsError} when `SEED_DEMO` is neither `true` nor `false`.
 */
export async function seed(database: Database, environment: NodeJS.ProcessEnv): Promise<void> {
  const { SEED_DEMO } = readSettings({ SEED_DEMO: oneOf(["true", "false"], "false") }, environment);
  if (SEED_DEMO === "false") return;
  await database.transaction(async (transaction) => {
    await transaction.query(LOCK);
    const [reviews] = await transaction.query(IS_EMPTY);
    for (const { userId, productId, review } of reviews?.empty ? demoReviews() : []) {
      await rememberBought(transaction, userId, [productId], randomUUIDv7());
      await putReview(transaction, userId, productId, review);
    }
    for (const productId of DEMO_PRODUCTS) {
      const rated = await transaction.query(RATING_OF, [productId]);
      if (rated.length > 0) await publishRating(transaction, productId);
    }
  });
}
