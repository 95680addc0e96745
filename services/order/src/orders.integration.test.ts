import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { ORDER_STATES } from "../../contracts/order-api.ts";
import { orderOf, Trade } from "../test/trade.ts";
import { MOVES } from "./order.ts";

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
    expect(order.total).toBe(3 * order.lines[0].unitPrice);
    expect(await trade.available(sku)).toBe(7);

    const stored = await trade.send("GET", `/orders/${order.id}`);
    expect(stored.status).toBe(200);
    expect(JSON.parse(stored.text)).toEqual(order);
    await expect.poll(async () => (await trade.books()).waitingEvents).toBe(0);
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
    expect(JSON.parse((await trade.send("GET", `/orders/${problem.orderId}`)).text).state).toBe("rejected");
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

  test("that is not there is not found", async () => {
    expect((await trade.send("GET", `/orders/${randomUUID()}`)).status).toBe(404);
    expect((await trade.send("GET", "/orders/1")).status).toBe(400);
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

describe("the database", () => {
  const insert = statement<{ id: string }>(
    "test-insert-order",
    `INSERT INTO orders (id, idempotency_key, request_hash, state, customer_email, lines, currency, total, payment_id,
       response_status, response, leased_until)
     VALUES (gen_random_uuid(), gen_random_uuid()::text, '', $1, '', '[]', 'EUR', 1, gen_random_uuid(), 201, '{}',
       'infinity') RETURNING id`,
  );
  const move = statement("test-move-order", "UPDATE orders SET state = $2 WHERE id = $1");
  const pairs = ORDER_STATES.flatMap((from) => ORDER_STATES.map((to) => [from, to] as const)).filter(
    ([from, to]) => from !== to,
  );

  test.each(pairs)("lets an order go from %s to %s only if the program does", async (from, to) => {
    const [order] = await trade.orders.database.query(insert, [from]);
    const moving = trade.orders.database.query(move, [order?.id, to]);
    if (MOVES[from].includes(to)) await moving;
    else await expect(moving).rejects.toMatchObject({ constraint: "order_moves" });
  });

  test("keeps what was agreed as it is", async () => {
    const [order] = await trade.orders.database.query(insert, ["paid"]);
    const cheaper = statement("test-cheaper", "UPDATE orders SET total = 0 + 2 WHERE id = $1");
    await expect(trade.orders.database.query(cheaper, [order?.id])).rejects.toMatchObject({
      constraint: "order_facts",
    });
  });
});
