import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReviewPage } from "../../contracts/review-api.ts";
import { caller, reviewOf, TestReviews } from "../test/reviews.ts";

let reviews: TestReviews;
beforeAll(async () => {
  reviews = await TestReviews.start();
});
afterAll(() => reviews?.stop());

const PRODUCTS = 2;
const USERS = 5;

const change = fc.record({
  kind: fc.constantFrom("put", "put", "put", "withdraw", "remove"),
  user: fc.nat(USERS - 1),
  product: fc.nat(PRODUCTS - 1),
  stars: fc.integer({ min: 1, max: 5 }),
});

test("after any changes, by however many at once, each rating is what its reviews add up to", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
      async (rounds) => {
        const products = Array.from({ length: PRODUCTS }, () => `product-${randomUUID()}`);
        const users = await Promise.all(Array.from({ length: USERS }, () => reviews.buyer(...products)));
        const moderator = caller(randomUUID(), "support");
        for (const round of rounds) {
          const answers = await Promise.all(
            round.map(async ({ kind, user: who, product: what, stars }) => {
              const [user = "", product = ""] = [users[who], products[what]];
              if (kind === "put") return reviews.put(user, product, reviewOf(stars));
              if (kind === "withdraw") return reviews.withdraw(user, product);
              const page: ReviewPage = JSON.parse((await reviews.get(`/reviews?product=${product}`)).text);
              return reviews.send(
                "DELETE",
                `/reviews/${product}/${page.items[0]?.id ?? randomUUID()}`,
                moderator,
              );
            }),
          );
          for (const { status } of answers) expect([200, 204, 404]).toContain(status);
        }
        for (const rating of await reviews.ratings()) {
          if (!products.includes(rating.product_id)) continue;
          expect(rating.kept).toEqual(rating.counted);
          const count = rating.counted.reduce((sum, reviews) => sum + reviews, 0);
          const stars = rating.counted.reduce((sum, reviews, index) => sum + reviews * (index + 1), 0);
          expect(rating).toMatchObject({ review_count: count, stars_sum: stars });
          const page: ReviewPage = JSON.parse(
            (await reviews.get(`/reviews?product=${rating.product_id}`)).text,
          );
          expect(page.histogram).toEqual(rating.counted);
          expect(page.items).toHaveLength(count);
          expect(page.rating?.count ?? 0).toBe(count);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("50 changes of the same review at once leave one review and its stars", async () => {
  const product = `product-${randomUUID()}`;
  const user = await reviews.buyer(product);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      index % 5 === 4
        ? reviews.withdraw(user, product)
        : reviews.put(user, product, reviewOf((index % 5) + 1)),
    ),
  );
  for (const { status } of answers) expect([200, 204]).toContain(status);
  const rating = (await reviews.ratings()).find(({ product_id }) => product_id === product);
  expect(rating?.kept).toEqual(rating?.counted);
  expect(rating?.review_count).toBeLessThanOrEqual(1);
});

describe("the database itself refuses", () => {
  const user = randomUUID();
  const product = `product-${randomUUID()}`;
  beforeAll(async () => {
    const database = reviews.database.database;
    await database.script(`
      INSERT INTO purchases (user_id, product_id, order_id) VALUES ('${user}', '${product}', gen_random_uuid());
      INSERT INTO reviews (id, user_id, product_id, stars, title, text, author)
      VALUES (gen_random_uuid(), '${user}', '${product}', 4, 'T', '', 'A');
      INSERT INTO review_removals (review_id, product_id, user_id, stars, title, text, author, created_at, removed_by)
      VALUES (gen_random_uuid(), 'p', gen_random_uuid(), 1, 'T', '', 'A', now(), gen_random_uuid())`);
  });

  test.each([
    [
      "a review of what was not bought",
      "INSERT INTO reviews (id, user_id, product_id, stars, title, text, author) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 4, 'T', '', 'A')",
    ],
    [
      "a second review by the same person",
      `INSERT INTO reviews (id, user_id, product_id, stars, title, text, author) VALUES (gen_random_uuid(), '${user}', '${product}', 4, 'T', '', 'A')`,
    ],
    ["six stars", "UPDATE reviews SET stars = 6"],
    ["a review that moves to another product", "UPDATE reviews SET product_id = 'other'"],
    [
      "a purchase that is forgotten while its review stands",
      `DELETE FROM purchases WHERE product_id = '${product}'`,
    ],
    [
      "a rating that nobody gave",
      "INSERT INTO product_ratings (product_id, histogram) VALUES ('x', '{0,0,0,0,9}')",
    ],
    ["a rating that is changed by hand", "UPDATE product_ratings SET histogram = '{0,0,0,0,9}'"],
    ["a rating that is removed", "DELETE FROM product_ratings"],
    ["ratings that are emptied", "TRUNCATE product_ratings"],
    ["reviews that are emptied past their ratings", "TRUNCATE reviews"],
    ["a removal that is rewritten", "UPDATE review_removals SET reason = 'other'"],
    ["a removal that is forgotten", "DELETE FROM review_removals"],
  ])("%s", async (_what, sql) => {
    await expect(reviews.database.database.script(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^23/),
    });
  });
});
