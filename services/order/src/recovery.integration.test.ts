import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { silentLog } from "../../chassis/test/running.ts";
import type { OrderRequest } from "../../contracts/order-api.ts";
import { Death, Mortal, type PlaceOfDeath } from "../test/mortal.ts";
import { orderOf, placementOf, Trade } from "../test/trade.ts";
import { placeOrder } from "./place-order.ts";
import { recoverOrders } from "./recovery.ts";
import { carryOn } from "./saga.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
  // The service has had its part; from here on the tests place and recover orders themselves.
  await trade.order.stop();
});
afterAll(() => trade?.stop());

/** As if the leases of dead processes had run out. */
const expireLeases = statement(
  "test-expire-leases",
  "UPDATE orders SET leased_until = now() - interval '1 second'",
);

const unfinished = async () => {
  const { pending = 0, reserved = 0, compensating = 0 } = (await trade.books()).orders;
  return pending + reserved + compensating;
};

async function expectBalancedBooks(): Promise<void> {
  const books = await trade.books();
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(books.confirmed).toBe(books.sold);
  expect(books.held).toBe(0);
  expect(books.waitingEvents).toBe(books.orders.paid ?? 0);
}

const recover = (holdSeconds?: number) =>
  recoverOrders(trade.saga(holdSeconds), trade.afterSale(), silentLog);
const placeNow = (request: OrderRequest, key: string) =>
  placeOrder(trade.saga(), placementOf(request, key), "test");

/** Places an order that dies at `place`; answers whether it came that far. */
async function dieAt(place: PlaceOfDeath, sku: string, token: string, key: string): Promise<boolean> {
  const mortal = new Mortal(place);
  const saga = mortal.saga(trade.saga(), trade.orders.database);
  try {
    await placeOrder(saga, placementOf(orderOf(sku, 2, token), key), "test");
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
  return mortal.died;
}

describe.each([
  { card: "an approved card", token: "tok_approve", end: 201 },
  { card: "a declined card", token: "tok_decline", end: 402 },
])("killed at every step of an order with $card", ({ token, end }) => {
  test.each(["before", "after"] as const)(
    "%s the step took effect, the order is finished once",
    async (when) => {
      const sku = await trade.stock(5, 1000);
      let call = 1;
      for (; ; call++) {
        const key = randomUUID();
        const died = await dieAt({ call, when }, sku, token, key);
        await trade.orders.database.query(expireLeases);
        await recover();
        expect(await unfinished()).toBe(0);
        await expectBalancedBooks();

        const repeated = await placeNow(orderOf(sku, 2, token), key);
        expect(repeated.outcome.status, `killed ${when} call ${call}`).toBe(end);
        await expectBalancedBooks();
        if (!died) break;
      }
      // Stored, reserved, moved, paid, confirmed, moved: less would mean that the steps were not all tried, more that
      // each order costs a round trip more.
      if (end === 201) expect(call).toBe(7);
      else expect(call).toBeGreaterThan(7);
    },
  );
});

test("twenty processes that recover the same orders at once finish each of them once", async () => {
  const sku = await trade.stock(6, 1000);
  const before = (await trade.books()).orders.paid ?? 0;
  const keys = Array.from({ length: 20 }, () => randomUUID());
  for (const [index, key] of keys.entries()) {
    await dieAt({ call: 2 + (index % 5), when: "after" }, sku, "tok_approve", key);
  }
  await trade.orders.database.query(expireLeases);
  await Promise.all(Array.from({ length: 20 }, () => recover()));
  await recover();
  expect(await unfinished()).toBe(0);
  expect(((await trade.books()).orders.paid ?? 0) - before).toBe(20);
  await expectBalancedBooks();
});

test("however often, wherever and with whichever card it dies, an order comes to the one end it must", async () => {
  const sku = await trade.stock(11, 10_000);
  const place = fc.record({
    call: fc.integer({ min: 1, max: 7 }),
    when: fc.constantFrom("before" as const, "after" as const),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(place, { maxLength: 6 }),
      fc.constantFrom(["tok_approve", 201] as const, ["tok_decline", 402] as const),
      async (places, [token, end]) => {
        const key = randomUUID();
        for (const place of places) {
          await dieAt(place, sku, token, key);
          await trade.orders.database.query(expireLeases);
        }
        const { outcome } = await placeNow(orderOf(sku, 2, token), key);
        expect(outcome.status).toBe(end);
        expect((await placeNow(orderOf(sku, 2, token), key)).outcome).toEqual(outcome);
        await expectBalancedBooks();
      },
    ),
    { numRuns: 40 },
  );
});

test("two processes that work on the same order at the same time come to the same end", async () => {
  const sku = await trade.stock(7, 1000);
  const key = randomUUID();
  await dieAt({ call: 1, when: "after" }, sku, "tok_approve", key);
  await trade.orders.database.query(expireLeases);
  const [order] = await trade.saga().store.takeAbandoned(1);
  if (order === undefined) throw new Error("the order was not left behind");
  const ends = await Promise.all(Array.from({ length: 5 }, () => carryOn(trade.saga(), order)));
  expect(new Set(ends.map(({ outcome }) => outcome.body)).size).toBe(1);
  await expectBalancedBooks();
});

describe("an order whose stock cannot be held any longer", () => {
  test("is rejected with its stock and money back, if it was not confirmed", async () => {
    const sku = await trade.stock(8, 10);
    const key = randomUUID();
    // Dies after the money was taken and before the stock was confirmed.
    await dieAt({ call: 4, when: "after" }, sku, "tok_approve", key);
    await trade.orders.database.query(expireLeases);
    await recover(0);
    const again = await placeNow(orderOf(sku, 2), key);
    expect(again.state).toBe("rejected");
    expect(JSON.parse(again.outcome.body).type).toBe("urn:tradestack:problem:order-timed-out");
    expect(await trade.available(sku)).toBe(10);
    await expectBalancedBooks();
  });

  test("is paid all the same, if it was confirmed", async () => {
    const sku = await trade.stock(9, 10);
    const key = randomUUID();
    await dieAt({ call: 5, when: "after" }, sku, "tok_approve", key);
    await trade.orders.database.query(expireLeases);
    await recover(0);
    expect((await placeNow(orderOf(sku, 2), key)).state).toBe("paid");
    expect(await trade.available(sku)).toBe(8);
    await expectBalancedBooks();
  });
});

test("a payment without an answer leaves the order to the recovery, and nothing is taken in the end", async () => {
  const sku = await trade.stock(10, 10);
  const key = randomUUID();
  const request = orderOf(sku, 1, "tok_timeout");
  await expect(placeNow(request, key)).rejects.toMatchObject({ status: 503 });
  await trade.orders.database.query(expireLeases);
  await recover();
  expect(await unfinished()).toBe(1);
  await trade.orders.database.query(expireLeases);
  await recover(0);
  expect((await placeNow(request, key)).state).toBe("rejected");
  expect(await trade.available(sku)).toBe(10);
  await expectBalancedBooks();
});
