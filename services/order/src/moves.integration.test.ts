import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { ORDER_STATES, type OrderState } from "../../contracts/order-api.ts";
import { MOVES } from "./order.ts";

const MIGRATIONS = new URL("../migrations", import.meta.url).pathname;
let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase(MIGRATIONS);
});
afterAll(() => own?.drop());

/** An order of 10 that is in a state, with everything that the state needs. */
const insert = statement<{ id: string }>(
  "test-insert-order",
  `INSERT INTO orders (id, idempotency_scope, idempotency_key, request_hash, state, user_id, customer_email, ship_to,
     shipping, lines, currency, goods, shipping_cost, tax, total, payment_id, refunded, refund_planned, carrier,
     tracking_number, delivered_at, response_status, response, moved_by, leased_until)
   VALUES (gen_random_uuid(), '', gen_random_uuid()::text, '', $1, gen_random_uuid(), '', '{}', 'standard',
     '[{"sku": "MUG", "quantity": 2, "unitPrice": 4}]', 'EUR', 8, 2, 1, 10, gen_random_uuid(), $2, $2, 'Swift',
     'ABCDEFGHIJ', now(), 201, '{}', 'system', 'infinity') RETURNING id`,
);
const move = statement("test-move-order", "UPDATE orders SET state = $2 WHERE id = $1");
const refund = statement(
  "test-insert-refund",
  `INSERT INTO refunds (id, order_id, kind, idempotency_key, request_hash, amount, lines, restock, reason,
     requested_by, leased_until)
   VALUES (gen_random_uuid(), $1, 'request', gen_random_uuid()::text, '', $2, $3, false, '', '', 'infinity')`,
);
const settle = statement(
  "test-settle-refunds",
  `UPDATE refunds SET state = $2, finished_at = now(), failure = CASE WHEN $2 = 'failed' THEN '{}'::jsonb END
   WHERE order_id = $1 AND state = 'pending'`,
);
const money = statement<{ refunded: number; refund_planned: number }>(
  "test-money",
  "SELECT refunded, refund_planned FROM orders WHERE id = $1",
);

async function orderIn(state: OrderState, refunded = 0): Promise<string> {
  const [order] = await own.database.query(insert, [state, refunded]);
  if (order === undefined) throw new Error("nothing was inserted");
  return order.id;
}

describe("the database", () => {
  const pairs = ORDER_STATES.flatMap((from) => ORDER_STATES.map((to) => [from, to] as const)).filter(
    ([from, to]) => from !== to,
  );

  test.each(pairs)("lets an order go from %s to %s only if the program does", async (from, to) => {
    // Whole or nothing must have been given back, as the states ask for; only orders with money in them can have.
    const isClosed = (state: OrderState) => state === "cancelled" || state === "refunded";
    const mayBeRefunded = ["paid", "shipped", "delivered", "cancelling"].includes(from);
    const order = await orderIn(from, isClosed(from) || (mayBeRefunded && isClosed(to)) ? 10 : 0);
    const moving = own.database.query(move, [order, to]);
    if (MOVES[from].includes(to)) await moving;
    else await expect(moving).rejects.toThrow(/cannot move from/);
  });

  test("keeps what was agreed", async () => {
    const order = await orderIn("paid");
    const changes = ["lines = '[]'", "goods = 7, total = 9", "user_id = gen_random_uuid()", "ship_to = '[]'"];
    for (const [index, change] of changes.entries()) {
      const changing = own.database.query(
        statement(`test-change-${index}`, `UPDATE orders SET ${change} WHERE id = $1`),
        [order],
      );
      await expect(changing, change).rejects.toThrow(/never changes/);
    }
  });

  test("ends an order as cancelled or refunded only with all of its money back", async () => {
    await expect(own.database.query(move, [await orderIn("cancelling", 9), "cancelled"])).rejects.toThrow(
      /violates check constraint/,
    );
    await expect(own.database.query(move, [await orderIn("delivered", 9), "refunded"])).rejects.toThrow(
      /violates check constraint/,
    );
  });

  test("promises no more money than was paid, and counts what fails back", async () => {
    const order = await orderIn("delivered");
    const give = (amount: number, lines = "[]") => own.database.query(refund, [order, amount, lines]);
    await give(6);
    await expect(give(5)).rejects.toThrow(/order_refunds/);
    await give(4);
    await own.database.query(settle, [order, "failed"]);
    expect(await own.database.query(money, [order])).toEqual([{ refunded: 0, refund_planned: 0 }]);
    await give(10);
    await own.database.query(settle, [order, "done"]);
    expect(await own.database.query(money, [order])).toEqual([{ refunded: 10, refund_planned: 10 }]);
    await expect(give(1)).rejects.toThrow(/order_refunds/);
  });

  test("takes no more pieces back than were bought", async () => {
    const order = await orderIn("delivered");
    const give = (lines: unknown) => own.database.query(refund, [order, 1, JSON.stringify(lines)]);
    await give([{ sku: "MUG", quantity: 1 }]);
    await expect(give([{ sku: "MUG", quantity: 2 }])).rejects.toThrow(/more pieces/);
    await expect(give([{ sku: "HAT", quantity: 1 }])).rejects.toThrow(/more pieces/);
    const twice = await orderIn("delivered");
    const split = JSON.stringify(Array(3).fill({ sku: "MUG", quantity: 1 }));
    await expect(own.database.query(refund, [twice, 1, split])).rejects.toThrow(/more pieces/);
    await give([{ sku: "MUG", quantity: 1 }]);
  });

  test.each(ORDER_STATES)(
    "gives money of an order that is %s back only where there is some",
    async (state) => {
      const isClosed = state === "cancelled" || state === "refunded";
      const order = await orderIn(state, isClosed ? 10 : 0);
      const giving = own.database.query(refund, [order, 1, "[]"]);
      if (["paid", "shipped", "delivered"].includes(state)) await giving;
      else await expect(giving).rejects.toThrow(/allows no refund|violates check constraint/);
    },
  );

  test("gives neither pieces nor the last money of an order back before its parcel has left", async () => {
    const order = await orderIn("paid");
    const give = (amount: number, lines = "[]") => own.database.query(refund, [order, amount, lines]);
    await expect(give(10)).rejects.toThrow(/must be cancelled/);
    await expect(give(1, '[{"sku": "MUG", "quantity": 1}]')).rejects.toThrow(/must be cancelled/);
    await give(9);
    await expect(give(1)).rejects.toThrow(/must be cancelled/);
    await own.database.query(move, [order, "shipped"]);
    await give(1);
  });

  test("never changes or removes a refund that is over", async () => {
    const order = await orderIn("paid");
    await own.database.query(refund, [order, 3, "[]"]);
    await own.database.query(settle, [order, "done"]);
    const remove = statement("test-remove", "DELETE FROM refunds WHERE order_id = $1");
    await expect(own.database.query(remove, [order])).rejects.toThrow(/never removed/);
    const reopen = statement(
      "test-reopen",
      "UPDATE refunds SET state = 'pending', finished_at = NULL WHERE order_id = $1",
    );
    await expect(own.database.query(reopen, [order])).rejects.toThrow(/cannot move/);
    const enlarge = statement("test-enlarge", "UPDATE refunds SET amount = 4 WHERE order_id = $1");
    await expect(own.database.query(enlarge, [order])).rejects.toThrow(/never changes/);
  });
});
