import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoProducts } from "../../catalog/src/demo/shop.ts";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { DEMO_PRODUCTS, demoReviews } from "./demo-reviews.ts";
import { readPage } from "./read-reviews.ts";
import { seed } from "./seed.ts";

let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase(join(import.meta.dirname, "../migrations"));
});
afterAll(() => own?.drop());

const EVENTS = statement<{ count: number }>("test-events", "SELECT count(*) AS count FROM outbox");
const events = async () => (await own.database.query(EVENTS))[0]?.count;
const page = (product: string) => readPage(own.database, { product, limit: 10 });

test("the reviewed products are in the demo shop", () => {
  const ids = demoProducts().map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([...DEMO_PRODUCTS]));
});

test("a shop is given reviews in the demo alone, once, by those who say that they are demo buyers", async () => {
  await seed(own.database, {});
  expect((await page("glass-vase")).rating).toBeNull();

  await Promise.all([1, 2, 3].map(() => seed(own.database, { SEED_DEMO: "true" })));
  for (const productId of DEMO_PRODUCTS) {
    const { items, rating } = await page(productId);
    expect(rating?.count).toBe(demoReviews().filter((demo) => demo.productId === productId).length);
    for (const { author, text } of items) expect(`${author} ${text}`).toMatch(/demo buyer .* \(Made up/);
  }
  // Each time it is told, so that a catalog that came later hears of it.
  expect(await events()).toBe(3 * DEMO_PRODUCTS.length);
});

test("reviews that are there stay as they are", async () => {
  await own.database.script("DELETE FROM reviews WHERE product_id = 'glass-vase'");
  await seed(own.database, { SEED_DEMO: "true" });
  expect((await page("glass-vase")).rating).toBeNull();
});
