import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { catalogService } from "./catalog.ts";
import { seed } from "./seed.ts";
import { lowestStock } from "./stock-watch.ts";

let goods: TestDatabase;

beforeAll(async () => {
  goods = await createTestDatabase(catalogService.migrations ?? "", seed);
});
afterAll(() => goods?.drop());

const SELL_OUT = statement(
  "test-sell-out",
  "UPDATE stock SET available = 0 WHERE sku = (SELECT sku FROM stock LIMIT 1)",
);

test("tells the fewest pieces of any variant", async () => {
  const { database } = goods;
  expect(await lowestStock(database)).toBeGreaterThan(0);
  await database.query(SELL_OUT);
  expect(await lowestStock(database)).toBe(0);
});
