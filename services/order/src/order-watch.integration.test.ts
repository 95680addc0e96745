import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { ordersUnderWay } from "./order-watch.ts";

let orders: TestDatabase;

beforeAll(async () => {
  orders = await createTestDatabase(join(import.meta.dirname, "..", "migrations"));
});
afterAll(() => orders?.drop());

const OPEN = statement(
  "test-open",
  `INSERT INTO orders (id, idempotency_scope, idempotency_key, request_hash, user_id, customer_email, ship_to,
     shipping, lines, leased_until, moved_by)
   VALUES ($1::uuid, 'test', $1::uuid::text, '', $1::uuid, 'a@example.com', '{}', 'standard', '[]', now(), 'guest')`,
);
const REJECT = statement(
  "test-reject",
  "UPDATE orders SET state = 'rejected', response_status = 409, response = '{}' WHERE id = $1",
);
const AGE = statement(
  "test-age",
  "UPDATE order_history SET since = since - interval '1 hour' WHERE order_id = $1",
);

test("tells how many orders are under way in each state, and how long the oldest of them has been", async () => {
  const { database } = orders;
  const rest = ["reserved", "compensating", "cancelling"].map((state) => ({ state, orders: 0, oldest: 0 }));
  expect(await ordersUnderWay(database)).toEqual([{ state: "pending", orders: 0, oldest: 0 }, ...rest]);

  const [old, young, ended] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [old, young, ended]) await database.query(OPEN, [id]);
  await database.query(AGE, [old]);
  await database.query(REJECT, [ended]);
  const oldest: unknown = expect.closeTo(3600, -2);
  expect(await ordersUnderWay(database)).toEqual([{ state: "pending", orders: 2, oldest }, ...rest]);
});
