import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { migrate, readMigrations } from "../../chassis/migrations.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { erasePeople } from "./erase-people.ts";
import { RefundStore } from "./refund-store.ts";

const migrations = readMigrations(new URL("../migrations", import.meta.url).pathname);
let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own?.drop());

const ORDER = statement(
  "test-old-order",
  `INSERT INTO orders (id, idempotency_scope, idempotency_key, request_hash, state, user_id, customer_email, ship_to,
     shipping, lines, currency, goods, shipping_cost, tax, total, payment_id, delivered_at, response_status, response,
     moved_by, leased_until)
   VALUES ($1, '', $1::uuid::text, '', $2, gen_random_uuid(), 'ada@example.com', '{"name": "Ada", "country": "DE"}',
     'standard', '[{"sku": "MUG", "quantity": 2, "unitPrice": 4}]', 'EUR', 8, 2, 1, 10, gen_random_uuid(), now(), 201,
     '{}', 'system', 'infinity')`,
);
const REFUND = statement(
  "test-old-refund",
  `INSERT INTO refunds (id, order_id, kind, idempotency_key, request_hash, amount, lines, restock, reason,
     requested_by, leased_until)
   VALUES (gen_random_uuid(), $1, 'request', 'one', '', 4, '[{"sku": "MUG", "quantity": 1}]', false, 'x', 'guest',
     now())`,
);
const ADDRESSES = statement<{ id: string; customer_email: string; ship_to: unknown }>(
  "test-addresses",
  "SELECT id, customer_email, ship_to FROM orders ORDER BY customer_email",
);

test("orders of the first release are there after an upgrade, end, and are erased once their time is over", async () => {
  const { database } = own;
  const [ended, underWay] = [randomUUID(), randomUUID()];
  await migrate(
    database,
    migrations.filter(({ name }) => name < "0005" || !/^\d/.test(name)),
  );
  await database.query(ORDER, [ended, "delivered"]);
  await database.query(ORDER, [underWay, "paid"]);
  await database.query(REFUND, [ended]);

  await migrate(database, migrations);
  const refunds = new RefundStore(database);
  const [promised] = await refunds.pendingOf(ended);
  if (promised === undefined) throw new Error("the refund is gone");
  expect(await refunds.finish(promised)).toMatchObject({ state: "done", amount: 4 });

  await erasePeople(database, 0);
  expect(await database.query(ADDRESSES)).toMatchObject([
    { id: ended, customer_email: "", ship_to: { country: "DE" } },
    { id: underWay, customer_email: "ada@example.com", ship_to: { name: "Ada" } },
  ]);
});
