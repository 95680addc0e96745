import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { type Answer, TestCatalog } from "../test/shop.ts";
import { expire, purge } from "./reservations.ts";

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

type Line = { readonly sku: string; readonly quantity: number };

const problem = (status: number, slug: string, members: object = {}) => ({
  status,
  body: { type: `urn:tradestack:problem:${slug}`, ...members },
});

/** Sells goods; answers the order's id. */
async function sell(lines: readonly Line[]): Promise<string> {
  const orderId = randomUUID();
  expect(await catalog.reserve(lines, orderId)).toMatchObject({ status: 200 });
  expect(await catalog.confirm(orderId)).toMatchObject({ status: 204 });
  return orderId;
}

const MOVEMENTS = statement<{ sku: string; change: number; available: number }>(
  "test-movements",
  "SELECT sku, change, available FROM stock_movement WHERE order_id = $1 ORDER BY id",
);

test("goods come back in parts, and at last all that is left; the record says so", async () => {
  const before = await catalog.available("MUG-OAK");
  const orderId = await sell([
    { sku: "MUG-OAK", quantity: 5 },
    { sku: "BOX-OAK", quantity: 1 },
  ]);
  const some = [{ sku: "MUG-OAK", quantity: 2 }];
  expect(await catalog.takeBack(orderId, some)).toMatchObject({
    status: 200,
    body: { orderId, lines: some },
  });
  expect(await catalog.available("MUG-OAK")).toBe(before - 3);
  expect(await catalog.takeBack(orderId)).toMatchObject({
    status: 200,
    body: {
      lines: [
        { sku: "BOX-OAK", quantity: 1 },
        { sku: "MUG-OAK", quantity: 3 },
      ],
    },
  });
  expect(await catalog.available("MUG-OAK")).toBe(before);
  expect(await catalog.takeBack(orderId)).toMatchObject({ status: 200, body: { lines: [] } });
  expect(await catalog.database.database.query(MOVEMENTS, [orderId])).toMatchObject([
    { sku: "MUG-OAK", change: 2, available: before - 3 },
    { sku: "BOX-OAK", change: 1 },
    { sku: "MUG-OAK", change: 3, available: before },
  ]);
});

test("a repeated return answers the same and gives nothing more, also at once", async () => {
  const before = await catalog.available("MUG-ASH");
  const lines = [{ sku: "MUG-ASH", quantity: 1 }];
  const orderId = await sell([{ sku: "MUG-ASH", quantity: 5 }]);
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 10 }, () => catalog.takeBack(orderId, lines, key)));
  for (const { status, body } of answers)
    expect({ status, body }).toEqual({ status: 200, body: { orderId, lines } });
  expect(await catalog.available("MUG-ASH")).toBe(before - 4);
  expect(await catalog.takeBack(orderId, undefined, key)).toMatchObject(
    problem(422, "idempotency-key-reused"),
  );
});

test("the same key means something else for another order", async () => {
  const key = randomUUID();
  const orders = [
    await sell([{ sku: "MUG-STEEL", quantity: 1 }]),
    await sell([{ sku: "MUG-STEEL", quantity: 1 }]),
  ];
  for (const orderId of orders) {
    expect(await catalog.takeBack(orderId, undefined, key)).toMatchObject({ status: 200, body: { orderId } });
  }
});

test("never more than was sold comes back, however many ask at once", async () => {
  const before = await catalog.available("TRAY-OAK");
  const orderId = await sell([{ sku: "TRAY-OAK", quantity: 7 }]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => catalog.takeBack(orderId, [{ sku: "TRAY-OAK", quantity: 2 }])),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expect(answer).toMatchObject(problem(409, "not-returnable", { sku: "TRAY-OAK", returnable: 1 }));
  }
  expect(await catalog.available("TRAY-OAK")).toBe(before - 1);
});

test("what was not sold does not come back", async () => {
  const line = { sku: "LAMP-OAK", quantity: 1 };
  const [held, released] = [randomUUID(), randomUUID()];
  await catalog.reserve([line], held);
  await catalog.reserve([line], released);
  await catalog.release(released);
  const sold = await sell([line]);
  const before = await catalog.books();
  expect(await catalog.takeBack(randomUUID())).toMatchObject(problem(404, "unknown-reservation"));
  expect(await catalog.takeBack(held)).toMatchObject(problem(409, "not-returnable", { state: "held" }));
  expect(await catalog.takeBack(released)).toMatchObject(problem(410, "reservation-gone"));
  expect(await catalog.takeBack(sold, [{ sku: "MUG-OAK", quantity: 1 }])).toMatchObject(
    problem(409, "not-returnable", { sku: "MUG-OAK", returnable: 0 }),
  );
  expect(await catalog.takeBack(sold, [line, line])).toMatchObject({ status: 400 });
  expect(await catalog.send("POST", `/reservations/${sold}/returns`, {})).toMatchObject({ status: 400 });
  expect(await catalog.books()).toEqual(before);
});

test("the database itself refuses moves that cannot be", async () => {
  const orderId = await sell([{ sku: "CLOCK-OAK", quantity: 2 }]);
  await catalog.takeBack(orderId, [{ sku: "CLOCK-OAK", quantity: 1 }]);
  const { database } = catalog.database;
  for (const sql of [
    `UPDATE reservation SET state = 'released' WHERE order_id = '${orderId}'`,
    `UPDATE reservation_line SET returned = 0 WHERE order_id = '${orderId}'`,
    `UPDATE reservation_line SET returned = 3 WHERE order_id = '${orderId}'`,
    "UPDATE stock SET available = -1 WHERE sku = 'CLOCK-OAK'",
    "UPDATE stock_movement SET change = 0",
    "DELETE FROM stock_movement",
    "UPDATE variant SET product_id = 'oak-mug' WHERE sku = 'CLOCK-OAK'",
  ]) {
    await expect(database.script(sql), sql).rejects.toThrow();
  }
});

const EXPIRE_NOW = statement(
  "test-expire-now",
  "UPDATE reservation SET expires_at = now() - interval '1 second' WHERE order_id = ANY ($1) AND state = 'held'",
);

test("whatever happens at the same time, no piece is lost and none is made", async () => {
  const skus = ["COASTER-ASH", "COASTER-OAK", "COASTER-STEEL"] as const;
  const order = fc.nat(4);
  const line = fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 4 }) });
  const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ sku }) => sku });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("reserve" as const), order, lines }),
    fc.record({ kind: fc.constantFrom("confirm" as const, "release" as const, "expire" as const), order }),
    fc.record({ kind: fc.constant("return" as const), order, lines: fc.option(lines, { nil: undefined }) }),
  );
  const atOnce = fc.array(step, { minLength: 1, maxLength: 8 });
  const initial = 12;
  const allowed = new Set([200, 204, 404, 409, 410]);

  await fc.assert(
    fc.asyncProperty(fc.array(atOnce, { minLength: 1, maxLength: 6 }), async (rounds) => {
      const { database } = catalog.database;
      // Reservations of earlier runs stay as they are; what is promised to them does not count here.
      const promisedBefore = new Map((await catalog.books()).map(({ sku, promised }) => [sku, promised]));
      for (const sku of skus) await catalog.setStock(sku, initial);
      const orders = Array.from({ length: 5 }, () => randomUUID());
      for (const round of rounds) {
        const answers = await Promise.all(
          round.map(async (step): Promise<Answer | undefined> => {
            const orderId = orders[step.order] ?? "";
            if (step.kind === "reserve") return catalog.reserve(step.lines, orderId);
            if (step.kind === "confirm") return catalog.confirm(orderId);
            if (step.kind === "release") return catalog.release(orderId);
            if (step.kind === "return") return catalog.takeBack(orderId, step.lines);
            await database.query(EXPIRE_NOW, [[orderId]]);
            await expire(database, 50);
            return undefined;
          }),
        );
        for (const answer of answers) {
          if (answer !== undefined) expect(allowed, JSON.stringify(answer.body)).toContain(answer.status);
        }
        for (const { sku, available, promised } of await catalog.books()) {
          if (!skus.some((one) => one === sku)) continue;
          expect(available).toBeGreaterThanOrEqual(0);
          expect(available + promised - (promisedBefore.get(sku) ?? 0)).toBe(initial);
        }
      }
      // Nothing of this run may expire in the middle of the next.
      await Promise.all(orders.map((orderId) => catalog.release(orderId)));
    }),
    { numRuns: 40 },
  );
});

test("old reservations are forgotten, the sold ones only when nothing can be returned any more", async () => {
  const { database } = catalog.database;
  const line = { sku: "STOOL-OAK", quantity: 1 };
  const [sold, recent, released, held] = [await sell([line]), await sell([line]), randomUUID(), randomUUID()];
  await catalog.reserve([line], released);
  await catalog.release(released);
  await catalog.reserve([line], held);
  const age = (orderId: string, days: number) =>
    database.script(
      `UPDATE reservation SET changed_at = now() - interval '${days} days' WHERE order_id = '${orderId}'`,
    );
  for (const [orderId, days] of [
    [sold, 800],
    [recent, 700],
    [released, 31],
    [held, 900],
  ] as const) {
    await age(orderId, days);
  }
  const available = await catalog.available("STOOL-OAK");
  expect(await purge(database, 30, 730, 500)).toBe(2);
  expect(await purge(database, 30, 730, 500)).toBe(0);
  expect(await catalog.available("STOOL-OAK")).toBe(available);
  expect(await catalog.takeBack(sold)).toMatchObject({ status: 404 });
  expect(await catalog.takeBack(recent)).toMatchObject({ status: 200 });
  expect(await catalog.confirm(released)).toMatchObject({ status: 404 });
  expect(await catalog.confirm(held)).toMatchObject({ status: 204 });
});
