import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shipmentDelivered, shipmentDispatched } from "../../contracts/logistics-api.ts";
import type { Order } from "../../contracts/order-api.ts";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";

let trade: Trade;
const userId = randomUUID();
const ada = callerHeaders(userId, "customer");
const support = callerHeaders(randomUUID(), "support");

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

const cancel = (
  id: string,
  who: Record<string, string> = ada,
  body: unknown = { reason: "Changed my mind" },
) => trade.send("POST", `/orders/${id}/cancellation`, body, who);
const show = async (id: string): Promise<Order> =>
  JSON.parse((await trade.send("GET", `/orders/${id}`, undefined, support)).text);
const dispatched = (orderId: string) => trade.ship(orderId);

describe("a paid order that is cancelled", () => {
  test("is not sent, its money and goods are back, and it is told who did it and why", async () => {
    const sku = await trade.stock(0, 10);
    const order = await trade.paid(orderOf(sku, 3), ada);
    const answer = await cancel(order.id);
    expect(answer.status, answer.text).toBe(200);
    const cancelled: Order = JSON.parse(answer.text);
    expect(cancelled).toMatchObject({ state: "cancelled", refunded: order.totals?.total });
    expect(cancelled.lines).toMatchObject([{ sku, quantity: 3, returned: 3 }]);
    expect(await trade.available(sku)).toBe(10);
    expect(await trade.parcelState(order.id)).toBe("cancelled");

    expect(await cancel(order.id)).toMatchObject({ status: 200, text: answer.text });
    const history = await trade.send("GET", `/orders/${order.id}/history`, undefined, support);
    const { items, refunds } = JSON.parse(history.text);
    expect(items).toMatchObject([
      { state: "pending", by: userId },
      { state: "reserved", by: "system" },
      { state: "paid", by: "system" },
      { state: "cancelling", by: userId, reason: "Changed my mind" },
      { state: "cancelled", by: "system" },
    ]);
    expect(refunds).toMatchObject([
      { state: "done", amount: order.totals?.total, by: "system", restock: true },
    ]);
  });

  test("twenty times at once is cancelled once", async () => {
    const sku = await trade.stock(1, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(order.id)));
    for (const { status, text } of answers) expect(status, text).toBe(200);
    expect(await show(order.id)).toMatchObject({ state: "cancelled", refunded: order.totals?.total });
    expect(await trade.available(sku)).toBe(10);
    const books = await trade.books();
    expect(books.ledgerRevenue).toBe(books.revenue);
  });

  test("after a part was refunded gives back the rest of the money only, and all goods", async () => {
    const sku = await trade.stock(2, 10);
    const order = await trade.paid(orderOf(sku, 4), ada);
    const total = order.totals?.total ?? 0;
    for (const amount of [7, 5]) {
      expect((await trade.refund(order.id, { amount, reason: "Late" }, support)).status).toBe(201);
    }
    expect((await cancel(order.id)).status).toBe(200);
    expect(await show(order.id)).toMatchObject({ state: "cancelled", refunded: total });
    expect(await trade.available(sku)).toBe(10);
    const history = await trade.send("GET", `/orders/${order.id}/history`, undefined, support);
    const { refunds } = JSON.parse(history.text);
    expect(refunds.map(({ amount }: { amount: number }) => amount)).toEqual([7, 5, total - 12]);
    const books = await trade.books();
    expect(books.ledgerRevenue).toBe(books.revenue);
    expect(books.confirmed).toBe(books.sold);
  });

  test("by a guest with the token, or by support, is cancelled, too", async () => {
    const sku = await trade.stock(3, 10);
    const order = await trade.paid(orderOf(sku));
    expect((await cancel(order.id, { "order-token": order.accessToken ?? "" })).status).toBe(200);
    expect((await cancel((await trade.paid(orderOf(sku), ada)).id, support, {})).status).toBe(200);
    expect(await trade.available(sku)).toBe(10);
  });
});

describe("an order that is with the carrier", () => {
  test("cannot be cancelled, and stays what it is", async () => {
    const sku = await trade.stock(4, 10);
    const order = await trade.paid(orderOf(sku), ada);
    const told = await trade.dispatch(order);
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await cancel(order.id);
      expect(answer.status).toBe(409);
      expect(JSON.parse(answer.text).type).toBe("urn:tradestack:problem:already-dispatched");
      expect(await show(order.id)).toMatchObject({ refunded: 0 });
    }
    await trade.tell(shipmentDispatched, told);
    expect(JSON.parse((await cancel(order.id)).text).type).toBe("urn:tradestack:problem:already-dispatched");
    expect(await show(order.id)).toMatchObject({
      state: "shipped",
      tracking: { trackingNumber: told.trackingNumber },
    });
    expect(await trade.available(sku)).toBe(9);
  });
});

test("an order that was not paid cannot be cancelled", async () => {
  const sku = await trade.stock(5, 10);
  const answer = await trade.place(orderOf(sku, 1, "tok_decline"), randomUUID(), ada);
  const refused = await cancel(JSON.parse(answer.text).orderId);
  expect(refused.status).toBe(409);
  expect(JSON.parse(refused.text)).toMatchObject({
    type: "urn:tradestack:problem:illegal-order-move",
    state: "rejected",
  });
});

describe("a parcel", () => {
  test("whose events come in any order and twice leaves the order delivered, with its number", async () => {
    const sku = await trade.stock(6, 20);
    const shipmentId = randomUUID();
    const deliveredAt = "2026-03-01T12:00:00.000Z";
    const arrived = (orderId: string) => trade.tell(shipmentDelivered, { orderId, shipmentId, deliveredAt });
    const orders = [
      [dispatched, arrived],
      [arrived, dispatched],
      [dispatched, dispatched, arrived, arrived, dispatched],
    ];
    for (const events of orders) {
      const { id } = await trade.paid(orderOf(sku), ada);
      for (const event of events) await event(id);
      expect(await show(id)).toMatchObject({
        state: "delivered",
        deliveredAt,
        tracking: { carrier: "Swift", trackingNumber: "ABCDEFGH1234567890" },
      });
    }
  });

  test("of an order that is not there, or over, changes nothing", async () => {
    const sku = await trade.stock(7, 20);
    await dispatched(randomUUID());
    const { id } = await trade.paid(orderOf(sku), ada);
    await cancel(id);
    const before = await show(id);
    await dispatched(id);
    await trade.tell(shipmentDelivered, {
      orderId: id,
      shipmentId: randomUUID(),
      deliveredAt: "2026-03-01T12:00:00.000Z",
    });
    expect(await show(id)).toEqual(before);
  });
});
