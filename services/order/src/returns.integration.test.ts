import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shipmentDelivered } from "../../contracts/logistics-api.ts";
import type { GoodsReturn, GoodsReturnPage, Order, OrderHistory } from "../../contracts/order-api.ts";
import { type Answer, callerHeaders, orderOf, Trade } from "../test/trade.ts";

let trade: Trade;
const ada = callerHeaders(randomUUID(), "customer");
const supportId = randomUUID();
const support = callerHeaders(supportId, "support");
const merchant = callerHeaders(randomUUID(), "merchant");

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

const read = async <T>(path: string, who: Record<string, string>): Promise<T> =>
  JSON.parse((await trade.send("GET", path, undefined, who)).text);
const show = (id: string) => read<Order>(`/orders/${id}`, support);

/** An order of three pieces that has arrived. */
async function delivered(index: number, who = ada, deliveredAt = new Date(), token?: string) {
  const sku = await trade.stock(index, 10);
  const order = await trade.paid(orderOf(sku, 3, token), who);
  await trade.tell(shipmentDelivered, {
    orderId: order.id,
    shipmentId: randomUUID(),
    deliveredAt: deliveredAt.toISOString(),
  });
  return { sku, order, price: order.lines[0]?.unitPrice ?? 0, total: order.totals?.total ?? 0 };
}

const ask = (id: string, request: unknown, who: Record<string, string> = ada, key: string = randomUUID()) =>
  trade.send("POST", `/orders/${id}/returns`, request, { "idempotency-key": key, ...who });
const asked = async (id: string, request: unknown, who = ada): Promise<GoodsReturn> => {
  const answer = await ask(id, request, who);
  expect(answer.status, answer.text).toBe(201);
  return JSON.parse(answer.text);
};
const receive = ({ orderId, id }: GoodsReturn, request: unknown = {}, who = merchant) =>
  trade.send("POST", `/orders/${orderId}/returns/${id}/receipt`, request, who);
const withdraw = ({ orderId, id }: GoodsReturn, who = ada) =>
  trade.send("POST", `/orders/${orderId}/returns/${id}/withdrawal`, undefined, who);
const slugOf = ({ text }: Answer): string => JSON.parse(text).type.slice("urn:tradestack:problem:".length);

async function expectBalance(): Promise<void> {
  const books = await trade.books();
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(books.revenue);
  expect(books.confirmed).toBe(books.sold);
  expect(books.pendingRefunds).toBe(0);
}

describe("goods that a buyer sends back", () => {
  test("are paid for and sold again once they are here, and not before", async () => {
    const { sku, order, price, total } = await delivered(0);
    const one = await asked(order.id, { lines: [{ sku, quantity: 1 }], reason: "Too small" });
    expect(one).toMatchObject({ orderId: order.id, state: "requested", lines: [{ sku, quantity: 1 }] });
    expect(await show(order.id)).toMatchObject({ state: "delivered", refunded: 0, lines: [{ awaited: 1 }] });
    expect(await trade.available(sku)).toBe(7);

    const receipt = await receive(one);
    expect(receipt.status, receipt.text).toBe(200);
    expect(JSON.parse(receipt.text)).toMatchObject({ state: "done", amount: price, restock: true });
    expect(await show(order.id)).toMatchObject({ refunded: price, lines: [{ returned: 1 }] });
    expect((await show(order.id)).lines[0]?.awaited).toBeUndefined();
    expect(await trade.available(sku)).toBe(8);

    const rest = await asked(order.id, { reason: "Too small" });
    expect(rest.lines).toEqual([{ sku, quantity: 2 }]);
    expect(JSON.parse((await receive(rest)).text)).toMatchObject({ amount: total - price });
    expect(await show(order.id)).toMatchObject({ state: "refunded", refunded: total });
    expect(await trade.available(sku)).toBe(10);
    await expectBalance();

    const history = (who: Record<string, string>) => read<OrderHistory>(`/orders/${order.id}/history`, who);
    expect((await history(ada)).returns).toMatchObject([
      { state: "received", by: "buyer", reason: "Too small", closedAt: expect.any(String) },
      { state: "received" },
    ]);
    expect((await history(ada)).refunds).toMatchObject([{ by: "shop" }, { by: "shop" }]);
    expect((await history(support)).returns[0]?.by).toBe(ada["x-caller-id"]);
  });

  test("that are broken are paid for and not sold again", async () => {
    const { sku, order, price } = await delivered(1);
    const goods = await asked(order.id, { lines: [{ sku, quantity: 2 }], reason: "Broken" });
    expect(JSON.parse((await receive(goods, { restock: false })).text)).toMatchObject({ amount: 2 * price });
    expect(await trade.available(sku)).toBe(7);
    await expectBalance();
  });

  test("are received once, by ten at once", async () => {
    const { sku, order, price } = await delivered(2);
    const goods = await asked(order.id, { lines: [{ sku, quantity: 1 }], reason: "x" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => receive(goods)));
    for (const { status, text } of answers) expect([200, 202], text).toContain(status);
    expect(new Set(answers.map(({ text }) => JSON.parse(text).id)).size).toBe(1);
    expect((await receive(goods)).status).toBe(200);
    expect(await show(order.id)).toMatchObject({ refunded: price });
    expect(await trade.available(sku)).toBe(8);
    await expectBalance();
  });

  test("are asked for once a key", async () => {
    const { sku, order } = await delivered(3);
    const key = randomUUID();
    const request = { lines: [{ sku, quantity: 1 }], reason: "x" };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(order.id, request, ada, key)));
    expect(new Set(answers.map(({ text }) => JSON.parse(text).id)).size).toBe(1);
    const other = await ask(order.id, { ...request, reason: "y" }, ada, key);
    expect(slugOf(other)).toBe("idempotency-key-reused");
  });

  test("are never more than were bought, by thirty requests at once", async () => {
    const { sku, order } = await delivered(4);
    const request = { lines: [{ sku, quantity: 1 }], reason: "x" };
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(order.id, request)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers) if (answer.status !== 201) expect(slugOf(answer)).toBe("not-refundable");
    expect(slugOf(await ask(order.id, { reason: "x" }))).toBe("not-refundable");
    // Nor does support give money for them before they are here.
    const refund = await trade.refund(order.id, { reason: "Sorry" }, support);
    expect(slugOf(refund)).toBe("not-refundable");
  });

  test("go into stock, and nothing is paid, where all money was given back before", async () => {
    const { sku, order, total } = await delivered(5);
    const goods = await asked(order.id, { reason: "x" });
    expect((await trade.refund(order.id, { amount: total, reason: "Sorry" }, support)).status).toBe(201);
    expect(await show(order.id)).toMatchObject({ state: "refunded", refunded: total });
    const receipt = await receive(goods);
    expect(receipt.status, receipt.text).toBe(200);
    expect(JSON.parse(receipt.text)).toMatchObject({ state: "done", amount: 0 });
    expect(await show(order.id)).toMatchObject({ refunded: total, lines: [{ returned: 3 }] });
    expect(await trade.available(sku)).toBe(10);
    await expectBalance();
  });

  test("are owed for: a provider that refuses is asked again, and the goods are in stock", async () => {
    const { sku, order } = await delivered(6, ada, new Date(), "tok_refund_refused");
    const goods = await asked(order.id, { reason: "x" });
    const receipt = await receive(goods);
    expect(receipt.status, receipt.text).toBe(202);
    expect(JSON.parse(receipt.text)).toMatchObject({ state: "pending" });
    expect(await trade.available(sku)).toBe(10);
    const metrics = async () => (await fetch(`${trade.order.adminUrl}/metrics`)).text();
    await expect.poll(metrics, { timeout: 60_000 }).toMatch(/^order_owed_refunds_refused 1$/m);
    await trade.payments.database.script("UPDATE test_provider.charges SET card_token = 'tok_approve'");
    await trade.orders.database.script(
      "UPDATE refunds SET refused_at = refused_at - interval '16 minutes', leased_until = now()",
    );
    await expect.poll(async () => (await show(order.id)).state, { timeout: 60_000 }).toBe("refunded");
    expect(await metrics()).toMatch(/^order_owed_refunds_refused 0$/m);
    await expectBalance();
  });

  test("that do not come can be asked back again", async () => {
    const { sku, order } = await delivered(7);
    const goods = await asked(order.id, { reason: "x" });
    for (const who of [ada, support]) {
      const answer = await withdraw(goods, who);
      expect(answer.status, answer.text).toBe(200);
      expect(JSON.parse(answer.text)).toMatchObject({ state: "withdrawn" });
    }
    expect(slugOf(await receive(goods))).toBe("illegal-return-move");
    expect((await show(order.id)).lines[0]?.awaited).toBeUndefined();
    const again = await asked(order.id, { reason: "x" });
    expect((await receive(again)).status).toBe(200);
    expect(slugOf(await withdraw(again))).toBe("illegal-return-move");
    expect(await trade.available(sku)).toBe(10);
  });

  test("of a guest are asked for by the token", async () => {
    const { order } = await delivered(8, {});
    const goods = await asked(order.id, { reason: "No" }, { "order-token": order.accessToken ?? "" });
    expect((await receive(goods)).status).toBe(200);
    expect((await show(order.id)).state).toBe("refunded");
  });
});

describe("a return", () => {
  test("is possible until the end of the 14th day, and by support also later", async () => {
    const { order } = await delivered(9, ada, new Date("2026-03-01T12:00:00.000Z"));
    const late = await ask(order.id, { reason: "Too late" });
    expect(JSON.parse(late.text)).toMatchObject({
      type: "urn:tradestack:problem:withdrawal-over",
      status: 409,
      until: "2026-03-15T23:59:59.999Z",
    });
    await asked(order.id, { reason: "Goodwill" }, support);
  });

  test("is of what has arrived", async () => {
    const order = await trade.paid(orderOf(await trade.stock(10, 10)), ada);
    const answer = await ask(order.id, { reason: "x" });
    expect(JSON.parse(answer.text)).toMatchObject({
      type: "urn:tradestack:problem:illegal-order-move",
      state: "paid",
    });
  });

  test.each<[string, Record<string, string>, number]>([
    ["its buyer", ada, 403],
    ["another customer", callerHeaders(randomUUID(), "customer"), 404],
    ["nobody", {}, 404],
  ])("is not received by %s", async (_name, who, status) => {
    const { order } = await delivered(11);
    const goods = await asked(order.id, { reason: "x" });
    expect((await receive(goods, {}, who)).status).toBe(status);
    expect(await show(order.id)).toMatchObject({ refunded: 0 });
  });

  test("of staff's own is received by somebody else", async () => {
    const { order } = await delivered(12, merchant);
    const goods = await asked(order.id, { reason: "x" }, merchant);
    expect((await receive(goods, {}, merchant)).status).toBe(403);
    expect((await receive(goods, {}, support)).status).toBe(200);
  });

  test("of another order is not there", async () => {
    const [mine, other] = [await delivered(13), await delivered(13)];
    const goods = await asked(mine.order.id, { reason: "x" });
    const wrong = { ...goods, orderId: other.order.id };
    expect(slugOf(await receive(wrong))).toBe("unknown-return");
    expect(slugOf(await withdraw(wrong))).toBe("unknown-return");
  });
});

describe("the list of returns", () => {
  test("has those that are waited for, the oldest first, page by page, for who receives them", async () => {
    const wanted: string[] = [];
    for (let index = 0; index < 3; index++) {
      const { order } = await delivered(14);
      wanted.push((await asked(order.id, { reason: "x" })).id);
    }
    const found: GoodsReturn[] = [];
    let after: string | null = null;
    do {
      const path: string = `/orders/returns?limit=2${after === null ? "" : `&after=${after}`}`;
      const page: GoodsReturnPage = await read(path, merchant);
      expect(page.items.length).toBeLessThanOrEqual(2);
      found.push(...page.items);
      after = page.next;
    } while (after !== null);
    expect(found.map(({ id }) => id).slice(-3)).toEqual(wanted);
    expect(found.every(({ state }) => state === "requested")).toBe(true);
    expect((await trade.send("GET", "/orders/returns", undefined, ada)).status).toBe(403);
    expect((await trade.send("GET", "/orders/returns")).status).toBe(401);
  });
});
