import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Problem, statement } from "../../chassis/index.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { shipmentDelivered, shipmentLost } from "../../contracts/logistics-api.ts";
import type { OrderState, RefundRequest } from "../../contracts/order-api.ts";
import { Death, Mortal, type PlaceOfDeath } from "../test/mortal.ts";
import { orderOf, placementOf, Trade } from "../test/trade.ts";
import type { AfterSale } from "./after-sale.ts";
import { cancelOrder } from "./cancellation.ts";
import { placeOrder } from "./place-order.ts";
import { recoverOrders, recoverRefunds } from "./recovery.ts";
import { giveBack, requestRefund } from "./refund-saga.ts";
import { receiveReturn, requestReturn } from "./return-goods.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
  // The service has had its part; from here on the tests cancel, refund and recover themselves.
  await trade.order.stop();
});
afterAll(() => trade?.stop());

const expireLeases = async () => {
  for (const table of ["orders", "refunds"]) {
    await trade.orders.database.script(`UPDATE ${table} SET leased_until = now() - interval '1 second'`);
  }
};
const recover = async () => {
  await expireLeases();
  await recoverRefunds(trade.afterSale(), silentLog);
  await recoverOrders(trade.saga(), trade.afterSale(), silentLog);
};
const placed = async (sku: string): Promise<string> =>
  (await placeOrder(trade.saga(), placementOf(orderOf(sku, 3), randomUUID()), "test")).id;

const FIND = statement<{ state: OrderState; refunded: number; refund_planned: number; total: number }>(
  "test-find",
  "SELECT state, refunded, refund_planned, total FROM orders WHERE id = $1",
);
const find = async (id: string) => {
  const [order] = await trade.orders.database.query(FIND, [id]);
  if (order === undefined) throw new Error(`no order ${id}`);
  return order;
};
const EVENTS = statement<{ routing_key: string }>(
  "test-events",
  "SELECT routing_key FROM outbox WHERE aggregate_id = $1 ORDER BY id",
);
const events = async (id: string) =>
  (await trade.orders.database.query(EVENTS, [id])).map(({ routing_key }) => routing_key);

async function expectBalancedBooks(): Promise<void> {
  const books = await trade.books();
  expect(books.pendingRefunds).toBe(0);
  expect(books.orders.cancelling ?? 0).toBe(0);
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(books.confirmed).toBe(books.sold);
  expect(books.held).toBe(0);
}

/** Does something in a process that dies at `place`; answers whether it came that far. */
async function dieAt(place: PlaceOfDeath, work: (context: AfterSale) => Promise<unknown>): Promise<boolean> {
  const mortal = new Mortal(place);
  try {
    await work(mortal.afterSale(trade.afterSale()));
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
  return mortal.died;
}

const shipped = async (sku: string): Promise<string> => {
  const id = await placed(sku);
  await trade.ship(id);
  return id;
};

const wish = (orderId: string) => ({ orderId, by: "guest", reason: undefined });
const give = async (context: AfterSale, orderId: string, request: RefundRequest, idempotencyKey: string) => {
  const promised = await requestRefund(context, { orderId, idempotencyKey, request, by: "test" });
  return promised.state === "pending" ? giveBack(context, promised) : promised;
};
/** Gives pieces back: of an order whose parcel has left. */
const refund = (context: AfterSale, id: string, sku: string, quantity = 1, key = "refund-1") =>
  give(context, id, { lines: [{ sku, quantity }], reason: "Scratched", restock: true }, key);
/** Gives some money back for goodwill. */
const compensate = (context: AfterSale, id: string, key = "refund-1") =>
  give(context, id, { amount: 5, reason: "Late" }, key);

/** An order of two pieces that has arrived, and one of which is to come back. */
const sentBack = async (sku: string): Promise<{ orderId: string; returnId: string; by: string }> => {
  const orderId = await placed(sku);
  await trade.tell(shipmentDelivered, {
    orderId,
    shipmentId: randomUUID(),
    deliveredAt: new Date().toISOString(),
  });
  const request = { lines: [{ sku, quantity: 1 }], reason: "Too small" };
  const actor = { isBuyer: true, by: "guest" };
  const wish = { orderId, idempotencyKey: "return-1", request, actor };
  const { id: returnId } = await requestReturn(trade.afterSale(), wish, new Date());
  return { orderId, returnId, by: "test" };
};
const receive = async (context: AfterSale, move: Awaited<ReturnType<typeof sentBack>>) => {
  const promised = await receiveReturn(context, move, true);
  return promised.state === "pending" ? giveBack(context, promised) : promised;
};

describe.each(["before", "after"] as const)("killed at every step, %s it took effect,", (when) => {
  test("a cancellation is finished once", async () => {
    const sku = await trade.stock(0, 1000);
    let call = 1;
    for (; ; call++) {
      const id = await placed(sku);
      const died = await dieAt({ call, when }, (context) => cancelOrder(context, wish(id)));
      await recover();
      await expectBalancedBooks();
      // Only where nothing was stored yet is it still paid; the client asks again.
      if ((await find(id)).state !== "cancelled") expect({ call, when }).toEqual({ call: 1, when: "before" });
      await cancelOrder(trade.afterSale(), wish(id));
      const { state, refunded, total } = await find(id);
      expect({ state, refunded }).toEqual({ state: "cancelled", refunded: total });
      expect(await events(id)).toEqual(["order.paid.v1", "order.refunded.v1", "order.cancelled.v1"]);
      expect(await trade.available(sku)).toBe(1000);
      if (!died) break;
    }
    // Begun, barred, looked for refunds, promised (4), looked, paid back, finished (5), returned, ended.
    expect(call).toBeGreaterThan(15);
  });

  test("a refund is finished once", async () => {
    const sku = await trade.stock(1, 1000);
    let call = 1;
    for (; ; call++) {
      const id = await shipped(sku);
      const before = await trade.available(sku);
      const died = await dieAt({ call, when }, (context) => refund(context, id, sku));
      await recover();
      await expectBalancedBooks();
      const repeated = await refund(trade.afterSale(), id, sku);
      expect(repeated.state, `killed ${when} call ${call}`).toBe("done");
      expect((await find(id)).refunded).toBe(repeated.amount);
      expect(await events(id)).toEqual(["order.paid.v1", "order.refunded.v1"]);
      expect(await trade.available(sku)).toBe(before + 1);
      await expectBalancedBooks();
      if (!died) break;
    }
    // Locked, counted, looked for, promised, committed, paid back, returned, finished (5).
    expect(call).toBeGreaterThan(11);
  });

  test("the receipt of goods is finished once", async () => {
    const sku = await trade.stock(8, 1000);
    let call = 1;
    for (; ; call++) {
      const move = await sentBack(sku);
      const before = await trade.available(sku);
      const died = await dieAt({ call, when }, (context) => receive(context, move));
      await recover();
      await expectBalancedBooks();
      const repeated = await receive(trade.afterSale(), move);
      expect(repeated.state, `killed ${when} call ${call}`).toBe("done");
      expect((await find(move.orderId)).refunded).toBe(repeated.amount);
      expect(await events(move.orderId)).toEqual(["order.paid.v1", "order.refunded.v1"]);
      expect(await trade.available(sku)).toBe(before + 1);
      await expectBalancedBooks();
      if (!died) break;
    }
    // Locked, counted, looked for (2), closed, locked, counted, promised, committed, returned, paid back, finished (5).
    expect(call).toBeGreaterThan(15);
  });

  test("the refund of a lost parcel is finished once", async () => {
    const sku = await trade.stock(2, 1000);
    let call = 1;
    for (; ; call++) {
      const id = await placed(sku);
      await trade.tell(shipmentLost, { orderId: id, shipmentId: randomUUID() });
      await expireLeases();
      const mortal = new Mortal({ call, when });
      const context = mortal.afterSale(trade.afterSale());
      await recoverRefunds(context, silentLog).catch((error: unknown) => {
        if (!(error instanceof Death)) throw error;
      });
      await recover();
      const { state, refunded, total } = await find(id);
      expect({ state, refunded }).toEqual({ state: "refunded", refunded: total });
      expect(await events(id)).toEqual(["order.paid.v1", "order.refunded.v1"]);
      await expectBalancedBooks();
      if (!mortal.died) break;
    }
    // Taken, paid back, finished (5).
    expect(call).toBeGreaterThan(6);
  });
});

test("whatever is cancelled, shipped and refunded, and wherever that dies, the books balance", async () => {
  const sku = await trade.stock(3, 100_000);
  const place = fc.record({
    call: fc.integer({ min: 1, max: 20 }),
    when: fc.constantFrom("before" as const, "after" as const),
  });
  const what = fc.constantFrom("cancel" as const, "ship" as const, "compensate" as const, 1, 2, 3);
  const step = fc.record({ what, place });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
      const id = await placed(sku);
      for (const [index, { what, place }] of steps.entries()) {
        // Logistics ships nothing that is being cancelled.
        if (what === "ship" && (await find(id)).state === "paid") await trade.ship(id);
        if (what === "ship") continue;
        const key = `refund-${index}`;
        try {
          await dieAt(place, (context) => {
            if (what === "cancel") return cancelOrder(context, wish(id));
            return what === "compensate" ? compensate(context, id, key) : refund(context, id, sku, what, key);
          });
        } catch (error) {
          // What is over cannot be cancelled or refunded again, and no more than there is.
          if (!(error instanceof Problem) || error.status !== 409) throw error;
        }
      }
      await recover();
      await expectBalancedBooks();
      const { state, refunded, refund_planned, total } = await find(id);
      expect(refund_planned).toBe(refunded);
      expect(["paid", "shipped", "cancelled", "refunded"]).toContain(state);
      expect(refunded === total).toBe(state === "cancelled" || state === "refunded");
    }),
    { numRuns: 40 },
  );
});

test("twenty processes that recover the same cancellations and refunds finish each of them once", async () => {
  const sku = await trade.stock(4, 1000);
  const ids: string[] = [];
  for (let index = 0; index < 10; index++) {
    const id = await placed(sku);
    ids.push(id);
    await dieAt({ call: 1 + index, when: "after" }, (context) => cancelOrder(context, wish(id)));
  }
  await expireLeases();
  const processes = Array.from({ length: 20 }, async () => {
    await recoverRefunds(trade.afterSale(), silentLog);
    await recoverOrders(trade.saga(), trade.afterSale(), silentLog);
  });
  await Promise.all(processes);
  await recover();
  for (const id of ids) {
    expect(await find(id)).toMatchObject({ state: "cancelled" });
    expect(await events(id)).toEqual(["order.paid.v1", "order.refunded.v1", "order.cancelled.v1"]);
  }
  expect(await trade.available(sku)).toBe(1000);
  await expectBalancedBooks();
});

describe("where another service is away", () => {
  const away = {
    send: () => Promise.reject(new Problem({ status: 503, slug: "unavailable", title: "Away" })),
  };

  test.each(["logistics", "payment", "catalog"] as const)(
    "%s: a cancellation waits and is carried on",
    async (service) => {
      const sku = await trade.stock(5, 10);
      const id = await placed(sku);
      const context = { ...trade.afterSale(), [service]: away };
      await expect(cancelOrder(context, wish(id))).rejects.toMatchObject({ status: 503 });
      expect((await find(id)).state).toBe("cancelling");
      await recover();
      expect((await find(id)).state).toBe("cancelled");
      expect(await trade.available(sku)).toBe(10);
      await expectBalancedBooks();
    },
  );

  test("a payment service that refuses for good fails the refund that somebody asked for, not what the shop owes", async () => {
    const sku = await trade.stock(6, 10);
    const refusal = { type: "urn:tradestack:problem:illegal-payment-move", title: "Illegal", status: 409 };
    const context = {
      ...trade.afterSale(),
      payment: { send: () => Promise.resolve({ status: 409, body: refusal }) },
    };
    const asked = await shipped(sku);
    expect(await refund(context, asked, sku)).toMatchObject({ state: "failed", failure: refusal });
    expect(await find(asked)).toMatchObject({ state: "shipped", refunded: 0, refund_planned: 0 });
    expect(await refund(trade.afterSale(), asked, sku)).toMatchObject({ state: "failed" });

    const owed = await placed(sku);
    await expect(cancelOrder(context, wish(owed))).rejects.toMatchObject({ status: 503 });
    await recover();
    expect((await find(owed)).state).toBe("cancelled");
    await expectBalancedBooks();
  });

  test("a refund that fails while its order is cancelled leaves its money to the cancellation", async () => {
    const sku = await trade.stock(7, 10);
    const id = await placed(sku);
    // Dies as soon as the refund is promised.
    await dieAt({ call: 5, when: "after" }, (context) => compensate(context, id));
    const [promised] = await trade.afterSale().refunds.pendingOf(id);
    const context = trade.afterSale();
    const refusal = { type: "urn:tradestack:problem:illegal-payment-move", title: "Illegal", status: 409 };
    await cancelOrder(
      {
        ...context,
        payment: {
          send: (call) =>
            call.idempotencyKey === promised?.id
              ? Promise.resolve({ status: 409, body: refusal })
              : context.payment.send(call),
        },
      },
      wish(id),
    );
    const { state, refunded, total } = await find(id);
    expect({ state, refunded }).toEqual({ state: "cancelled", refunded: total });
    expect((await context.refunds.ofOrder(id)).map((given) => given.refund.state)).toEqual([
      "failed",
      "done",
    ]);
    expect(await trade.available(sku)).toBe(10);
    await expectBalancedBooks();
  });
});
