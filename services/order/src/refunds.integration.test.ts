import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shipmentDelivered, shipmentDispatched, shipmentLost } from "../../contracts/logistics-api.ts";
import type { Order } from "../../contracts/order-api.ts";
import { type Answer, callerHeaders, orderOf, Trade } from "../test/trade.ts";

let trade: Trade;
const ada = callerHeaders(randomUUID(), "customer");
const supportId = randomUUID();
const support = callerHeaders(supportId, "support");

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

const show = async (id: string): Promise<Order> =>
  JSON.parse((await trade.send("GET", `/orders/${id}`, undefined, support)).text);
const deliver = (orderId: string, deliveredAt = new Date()) =>
  trade.tell(shipmentDelivered, {
    orderId,
    shipmentId: randomUUID(),
    deliveredAt: deliveredAt.toISOString(),
  });

async function expectBalance(): Promise<void> {
  const books = await trade.books();
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(books.confirmed).toBe(books.sold);
}

describe("support", () => {
  test("gives back pieces, amounts and the rest, until the order is refunded", async () => {
    const sku = await trade.stock(0, 10);
    const order = await trade.shipped(orderOf(sku, 3), ada);
    const total = order.totals?.total ?? 0;
    const price = order.lines[0]?.unitPrice ?? 0;
    const one = { lines: [{ sku, quantity: 1 }], reason: "Scratched", restock: true };
    const first = await trade.refund(order.id, one, support);
    expect(first.status, first.text).toBe(201);
    expect(JSON.parse(first.text)).toMatchObject({ state: "done", amount: price, orderId: order.id });
    expect(await trade.available(sku)).toBe(8);
    expect((await trade.refund(order.id, { amount: 7, reason: "Late" }, support)).status).toBe(201);
    expect(await show(order.id)).toMatchObject({
      state: "shipped",
      refunded: price + 7,
      lines: [{ returned: 1 }],
    });

    const rest = await trade.refund(order.id, { reason: "Sorry" }, support);
    expect(JSON.parse(rest.text)).toMatchObject({ amount: total - price - 7, restock: false });
    expect(await show(order.id)).toMatchObject({
      state: "refunded",
      refunded: total,
      lines: [{ returned: 3 }],
    });
    const more = await trade.refund(order.id, { amount: 1, reason: "More" }, support);
    expect(more.status).toBe(409);
    await expectBalance();

    const seen = async (who: Record<string, string>) =>
      JSON.parse((await trade.send("GET", `/orders/${order.id}/history`, undefined, who)).text);
    expect((await seen(ada)).refunds.map(({ by }: { by: string }) => by)).toEqual(["shop", "shop", "shop"]);
    expect((await seen(support)).refunds[0].by).toBe(supportId);
    expect((await seen(ada)).items.at(-1)).toMatchObject({
      state: "refunded",
      by: "system",
      reason: "Sorry",
    });
  });

  test("sends the same request again and gets the same answer, another one with its key is refused", async () => {
    const sku = await trade.stock(1, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const key = randomUUID();
    const request = { amount: 5, reason: "Late" };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => trade.refund(order.id, request, support, key)),
    );
    const again = await trade.refund(order.id, request, support, key);
    expect(again.status).toBe(201);
    for (const { status, text } of answers) {
      // Who comes while the first is at work may be told that it is on its way.
      expect([201, 202], text).toContain(status);
      expect(JSON.parse(text).id).toBe(JSON.parse(again.text).id);
    }
    expect((await show(order.id)).refunded).toBe(5);
    const other = await trade.refund(order.id, { ...request, amount: 6 }, support, key);
    expect(other.status).toBe(422);
    expect(JSON.parse(other.text).type).toBe("urn:tradestack:problem:idempotency-key-reused");
    await expectBalance();
  });

  test("thirty times at once with keys of their own gives back no more than was paid", async () => {
    const sku = await trade.stock(2, 10);
    const order = await trade.shipped(orderOf(sku, 2), ada);
    const total = order.totals?.total ?? 0;
    const amount = Math.ceil(total / 7);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => trade.refund(order.id, { amount, reason: "Late" }, support)),
    );
    const given = answers.filter(({ status }) => status === 201).length;
    expect(given).toBe(Math.floor(total / amount));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await show(order.id)).refunded).toBe(given * amount);
    await expectBalance();
  });

  test.each([
    ["more pieces than were bought", { lines: [{ sku: "$", quantity: 3 }], reason: "x" }, 409],
    ["pieces of something else", { lines: [{ sku: "no-such-thing", quantity: 1 }], reason: "x" }, 409],
    ["more than was paid", { amount: 9_000_000, reason: "x" }, 409],
    ["a SKU twice", { lines: [1, 1].map((quantity) => ({ sku: "$", quantity })), reason: "x" }, 400],
    ["nothing", { amount: 0, reason: "x" }, 400],
    ["for no reason", { amount: 1 }, 400],
    ["in another currency", { amount: 1, currency: "USD", reason: "x" }, 400],
  ])("who gives back %s is refused", async (_name, request, status) => {
    const sku = await trade.stock(3, 10);
    const order = await trade.shipped(orderOf(sku, 2), ada);
    const body = JSON.stringify(request).replaceAll('"$"', JSON.stringify(sku));
    const answer = await trade.refund(order.id, body, support);
    expect(answer.status, answer.text).toBe(status);
    expect((await show(order.id)).refunded).toBe(0);
  });
});

describe("before the parcel has left", () => {
  const expectCancelInstead = ({ status, text }: Answer) => {
    expect(status, text).toBe(409);
    expect(JSON.parse(text)).toMatchObject({
      type: "urn:tradestack:problem:cancel-instead",
      state: "paid",
    });
  };

  test.each([
    ["everything", {}],
    ["everything, into stock", { restock: true }],
    ["pieces", { lines: [{ sku: "$", quantity: 1 }] }],
    ["all pieces, into stock", { lines: [{ sku: "$", quantity: 2 }], restock: true }],
    ["an amount for pieces", { lines: [{ sku: "$", quantity: 1 }], amount: 1 }],
    ["an amount, and says that goods are back", { amount: 1, restock: true }],
  ])("who gives back %s is told to cancel, which stops the parcel", async (_name, request) => {
    const sku = await trade.stock(10, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const body = JSON.stringify({ ...request, reason: "x" }).replaceAll('"$"', JSON.stringify(sku));
    const answer = await trade.refund(order.id, body, support);
    expectCancelInstead(answer);
    expect(await show(order.id)).toMatchObject({ state: "paid", refunded: 0 });
    expect(await trade.available(sku)).toBe(8);

    const cancelled = await trade.send("POST", `/orders/${order.id}/cancellation`, {}, support);
    expect(cancelled.status, cancelled.text).toBe(200);
    expect(await trade.parcelState(order.id)).toBe("cancelled");
    expect(await show(order.id)).toMatchObject({ state: "cancelled", refunded: order.totals?.total });
    expect(await trade.available(sku)).toBe(10);
    await expectBalance();
  });

  test("some money goes back, but never the last of it", async () => {
    const sku = await trade.stock(11, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const total = order.totals?.total ?? 0;
    const give = (amount: number) => trade.refund(order.id, { amount, reason: "Late" }, support);
    expectCancelInstead(await give(total));
    expect((await give(7)).status).toBe(201);
    expectCancelInstead(await give(total - 7));
    expect(JSON.parse((await give(total - 6)).text).type).toBe("urn:tradestack:problem:not-refundable");
    expect((await give(total - 8)).status).toBe(201);
    expectCancelInstead(await give(1));
    expect(await show(order.id)).toMatchObject({ state: "paid", refunded: total - 1 });
    await expectBalance();
  });

  test("at once thirty times leaves something to cancel", async () => {
    const sku = await trade.stock(12, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const total = order.totals?.total ?? 0;
    const answers = await Promise.all(
      [Math.floor(total / 2), Math.ceil(total / 2)].flatMap((amount) =>
        Array.from({ length: 15 }, () => trade.refund(order.id, { amount, reason: "Late" }, support)),
      ),
    );
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const { state, refunded } = await show(order.id);
    expect(state).toBe("paid");
    expect(refunded).toBeGreaterThan(0);
    expect(refunded).toBeLessThan(total);
    await expectBalance();
  });

  test("who was told to cancel too late refunds with the same request once it is shipped", async () => {
    const sku = await trade.stock(13, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    const key = randomUUID();
    const told = await trade.dispatch(order);
    const refund = () => trade.refund(order.id, { reason: "Sorry" }, support, key);
    expectCancelInstead(await refund());
    const late = await trade.send("POST", `/orders/${order.id}/cancellation`, {}, support);
    expect(JSON.parse(late.text).type).toBe("urn:tradestack:problem:already-dispatched");
    await trade.tell(shipmentDispatched, told);
    expect((await refund()).status).toBe(201);
    expect(await show(order.id)).toMatchObject({ state: "refunded", refunded: order.totals?.total });
    expect(await trade.available(sku)).toBe(8);
    await expectBalance();
  });
});

describe("a payment provider", () => {
  test("that fails at first gives the money back in the end, once", async () => {
    const sku = await trade.stock(8, 10);
    const order = await trade.paid(orderOf(sku, 2, "tok_refund_fails_once"), ada);
    const key = randomUUID();
    const request = { amount: 5, reason: "Late" };
    const answer = await trade.refund(order.id, request, support, key);
    expect([201, 202], answer.text).toContain(answer.status);
    const repeated = async () => JSON.parse((await trade.refund(order.id, request, support, key)).text).state;
    await expect.poll(repeated, { timeout: 60_000 }).toBe("done");
    expect((await show(order.id)).refunded).toBe(5);
    await expectBalance();
  });

  test("that refuses leaves everything as it is, and whoever asks again is told the same", async () => {
    const sku = await trade.stock(9, 10);
    const order = await trade.shipped(orderOf(sku, 2, "tok_refund_refused"), ada);
    const key = randomUUID();
    const request = { lines: [{ sku, quantity: 1 }], reason: "Scratched", restock: true };
    const answer = await trade.refund(order.id, request, support, key);
    expect(answer.status).toBe(409);
    const problem = { type: "urn:tradestack:problem:refused-by-payment-provider", status: 409 };
    expect(JSON.parse(answer.text)).toMatchObject(problem);
    const again = await trade.refund(order.id, request, support, key);
    expect(JSON.parse(again.text)).toMatchObject(problem);
    const after = await show(order.id);
    expect(after).toMatchObject({ state: "shipped", refunded: 0 });
    expect(after.lines[0]?.returned).toBeUndefined();
    expect(await trade.available(sku)).toBe(8);
    const history = await trade.send("GET", `/orders/${order.id}/history`, undefined, support);
    expect(JSON.parse(history.text).refunds).toMatchObject([{ state: "failed", by: supportId }]);
    await expectBalance();
  });
});

describe("a buyer", () => {
  test.each([
    ["an amount", { amount: 1, reason: "x" }],
    ["pieces", { lines: [{ sku: "$", quantity: 1 }], reason: "x" }],
    ["everything, into stock", { restock: true, reason: "x" }],
  ])("gives themselves %s back neither as a guest nor as staff", async (_name, request) => {
    const sku = await trade.stock(5, 10);
    const body = JSON.stringify(request).replaceAll('"$"', JSON.stringify(sku));
    const order = await trade.paid(orderOf(sku));
    const own = await trade.paid(orderOf(sku), support);
    for (const [{ id }, who] of [
      [order, { "order-token": order.accessToken ?? "" }],
      [own, support],
    ] as const) {
      await deliver(id);
      const answer = await trade.refund(id, body, who);
      expect(answer.status, answer.text).toBe(403);
      expect(JSON.parse(answer.text).detail).toContain("/returns");
      expect(await show(id)).toMatchObject({ state: "delivered", refunded: 0 });
    }
    await expectBalance();
  });
});

describe("a lost parcel", () => {
  const lose = (orderId: string) => trade.tell(shipmentLost, { orderId, shipmentId: randomUUID() });

  test("gives back what is left of the money, once, and no goods", async () => {
    const sku = await trade.stock(6, 10);
    const order = await trade.paid(orderOf(sku, 2), ada);
    await trade.refund(order.id, { amount: 3, reason: "Late" }, support);
    await trade.ship(order.id);
    await lose(order.id);
    await lose(order.id);
    await expect.poll(async () => (await show(order.id)).state, { timeout: 60_000 }).toBe("refunded");
    await lose(order.id);
    expect((await show(order.id)).refunded).toBe(order.totals?.total);
    expect(await trade.available(sku)).toBe(8);
    await expectBalance();
  });

  test("that nobody knows the order of, or that has arrived, changes nothing", async () => {
    await lose(randomUUID());
    const order = await trade.paid(orderOf(await trade.stock(7, 10)), ada);
    await deliver(order.id);
    const before = await show(order.id);
    await lose(order.id);
    expect(await show(order.id)).toEqual(before);
    expect((await trade.books()).pendingRefunds).toBe(0);
  });
});
