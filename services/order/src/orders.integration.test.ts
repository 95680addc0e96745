import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

describe("an order", () => {
  test("is paid, stored, told, and taken from the stock", async () => {
    const sku = await trade.stock(0, 10);
    const answer = await trade.place(orderOf(sku, 3));
    expect(answer.status, answer.text).toBe(201);
    const order = JSON.parse(answer.text);
    expect(order).toMatchObject({ state: "paid", lines: [{ sku, quantity: 3 }] });
    expect(order.totals.goods).toBe(3 * order.lines[0].unitPrice);
    expect(order.totals.total).toBe(order.totals.goods + order.totals.shipping);
    expect(await trade.available(sku)).toBe(7);

    const { accessToken, ...shown } = order;
    const stored = await trade.send("GET", `/orders/${order.id}`, undefined, { "order-token": accessToken });
    expect(stored.status).toBe(200);
    expect(JSON.parse(stored.text)).toEqual(shown);
    expect((await trade.books()).waitingEvents).toBe(1);
  });

  test("sent twenty times at once with one key is one order, and every answer that is not 409 is the same", async () => {
    const sku = await trade.stock(1, 100);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => trade.place(orderOf(sku, 2), key)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const paid = answers.filter(({ status }) => status === 201);
    expect(paid.length).toBeGreaterThan(0);
    const again = await trade.place(orderOf(sku, 2), key);
    expect(new Set([...paid, again].map(({ text }) => text)).size).toBe(1);
    for (const busy of answers.filter(({ status }) => status === 409)) {
      expect(JSON.parse(busy.text).type).toBe("urn:tradestack:problem:idempotency-key-in-use");
      expect(busy.headers["retry-after"]).toBe("1");
    }
    expect(await trade.available(sku)).toBe(98);
  });

  test("with a known key and another body is refused, and the first one stays as it is", async () => {
    const sku = await trade.stock(2, 10);
    const key = randomUUID();
    const first = await trade.place(orderOf(sku, 1), key);
    const other = await trade.place(orderOf(sku, 2), key);
    expect(other.status).toBe(422);
    expect(JSON.parse(other.text).type).toBe("urn:tradestack:problem:idempotency-key-reused");
    expect((await trade.place(orderOf(sku, 1), key)).text).toBe(first.text);
    expect(await trade.available(sku)).toBe(9);
  });

  test("whose card is declined costs nothing, gives its stock back, and is answered the same again", async () => {
    const sku = await trade.stock(3, 5);
    const key = randomUUID();
    const request = orderOf(sku, 5, "tok_insufficient_funds");
    const answer = await trade.place(request, key);
    expect(answer.status).toBe(402);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    const problem = JSON.parse(answer.text);
    expect(problem).toMatchObject({
      type: "urn:tradestack:problem:payment-declined",
      declineCode: "insufficient_funds",
    });
    expect(await trade.available(sku)).toBe(5);
    expect((await trade.place(request, key)).text).toBe(answer.text);
    const support = callerHeaders(randomUUID(), "support");
    const stored = await trade.send("GET", `/orders/${problem.orderId}`, undefined, support);
    expect(JSON.parse(stored.text).state).toBe("rejected");
  });

  test("of more than is left is refused by name and number, and nothing is paid", async () => {
    const sku = await trade.stock(4, 2);
    const before = await trade.books();
    const answer = await trade.place(orderOf(sku, 3));
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({
      type: "urn:tradestack:problem:out-of-stock",
      sku,
      available: 2,
    });
    expect((await trade.books()).ledgerRevenue).toBe(before.ledgerRevenue);
  });

  test("of something that is not sold is refused", async () => {
    const answer = await trade.place(orderOf("no-such-thing"));
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ type: "urn:tradestack:problem:unknown-sku" });
  });

  test("to a country that nothing is shipped to is refused, and nothing is stored", async () => {
    const request = orderOf(await trade.stock(5, 5));
    const before = await trade.books();
    const answer = await trade.place({ ...request, shipTo: { ...request.shipTo, country: "AQ" } });
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({
      type: "urn:tradestack:problem:country-not-shipped-to",
      country: "AQ",
    });
    expect(await trade.books()).toEqual(before);
  });

  test("costs what its quote says", async () => {
    const sku = await trade.stock(6, 10);
    const request = { ...orderOf(sku, 2), shipping: "express" as const };
    const { lines, shipping, shipTo } = request;
    const quoted = await trade.send("POST", "/orders/quotes", { lines, shipping, country: shipTo.country });
    expect(quoted.status, quoted.text).toBe(200);
    const quote = JSON.parse(quoted.text);
    const order = await trade.paid(request);
    expect(order).toMatchObject({
      totals: quote.totals,
      currency: quote.currency,
      lines: quote.lines,
      shipping,
    });
    expect(quote.taxRate).toBe(1900);
    expect(await trade.available(sku)).toBe(8);
  });

  test("that is not there is not found", async () => {
    expect((await trade.send("GET", `/orders/${randomUUID()}`)).status).toBe(404);
    expect((await trade.send("GET", "/orders/1")).status).toBe(400);
  });
});

describe("a quote", () => {
  test.each([
    ["of something that is not sold", { lines: [{ sku: "no-such-thing", quantity: 1 }], country: "DE" }, 404],
    ["to nowhere", { lines: [{ sku: "no-such-thing", quantity: 1 }], country: "AQ" }, 422],
    ["of nothing", { lines: [], country: "DE" }, 400],
  ])("%s is refused", async (_name, body, status) => {
    const answer = await trade.send("POST", "/orders/quotes", body);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("a body that is not an order", () => {
  const key = { "idempotency-key": "01234567-89ab" };
  const good = orderOf("SKU");
  test.each([
    ["no JSON", "{", undefined],
    ["nothing", {}, "#/customer"],
    ["an array", [], "#"],
    ["no lines", { ...good, lines: [] }, "#/lines"],
    ["a negative quantity", orderOf("SKU", -1), "#/lines/0/quantity"],
    ["half a piece", orderOf("SKU", 0.5), "#/lines/0/quantity"],
    ["a quantity as text", { ...good, lines: [{ sku: "SKU", quantity: "1" }] }, "#/lines/0/quantity"],
    ["a price of its own", { ...good, lines: [{ sku: "SKU", quantity: 1, price: 1 }] }, "#/lines/0/price"],
    ["a SKU twice", { ...good, lines: [good.lines[0], good.lines[0]] }, "#/lines/1/sku"],
    ["no mail address", { ...good, customer: { email: "ada" } }, "#/customer/email"],
    ["no address", { ...good, shipTo: undefined }, "#/shipTo"],
    ["a line break on the label", { ...good, shipTo: { ...good.shipTo, city: "a\nb" } }, "#/shipTo/city"],
    ["a way of its own", { ...good, shipping: "pigeon" }, "#/shipping"],
    ["a zero byte", { ...good, customer: { email: "a\u0000da@example.com" } }, "#/customer/email"],
  ])("%s: 400 with the field", async (_name, body, pointer) => {
    const answer = await trade.send("POST", "/orders", body, key);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    const { errors } = JSON.parse(answer.text);
    if (pointer) expect(errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test("without an idempotency key: 400 with the header", async () => {
    const answer = await trade.send("POST", "/orders", good);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors).toEqual([
      { in: "headers", pointer: "#/idempotency-key", detail: "is missing" },
    ]);
  });
});
