import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { orderOf, placementOf } from "../test/trade.ts";
import { OrderStore } from "./order-store.ts";

let orders: TestDatabase;

beforeAll(async () => {
  orders = await createTestDatabase(join(import.meta.dirname, "../migrations"));
});
afterAll(() => orders?.drop());

const TRIED = statement("test-tried", "UPDATE orders SET attempts = $2 WHERE id = $1");
const PAUSE = statement<{ seconds: number }>(
  "test-pause",
  "SELECT extract(epoch FROM leased_until - now())::float8 AS seconds FROM orders WHERE id = $1",
);

test.each([0, 5, 1_000_000])("after %i attempts it is tried again within half a minute", async (attempts) => {
  const store = new OrderStore(orders.database);
  const id = randomUUID();
  const placement = placementOf(orderOf("MUG-ASH"), randomUUID());
  await store.open({ id, requestHash: "", ...placement, owner: placement.ownerOf(id) });
  await orders.database.query(TRIED, [id, attempts]);
  await store.defer(id);
  const [row] = await orders.database.query(PAUSE, [id]);
  expect(row?.seconds).toBeLessThanOrEqual(Math.min(2 ** attempts, 30));
});
