import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { testServer } from "../../chassis/test/running.ts";
import { orderOf, Trade } from "../test/trade.ts";

let broker: Interruptible;
let trade: Trade;

beforeAll(async () => {
  broker = await interruptible(testServer("TEST_BROKER_URL"));
  trade = await Trade.start({ BROKER_URL: broker.url });
});
afterAll(async () => {
  await trade?.stop();
  await broker?.cut();
});

test("while the broker is away orders are taken; their events are sent when it is back", async () => {
  const sku = await trade.stock(0, 10);
  expect((await trade.place(orderOf(sku))).status).toBe(201);
  await expect.poll(async () => (await trade.books()).waitingEvents).toBe(0);

  await broker.cut();
  for (let index = 0; index < 3; index++) expect((await trade.place(orderOf(sku))).status).toBe(201);
  expect((await trade.books()).waitingEvents).toBe(3);

  await broker.restore();
  await expect.poll(async () => (await trade.books()).waitingEvents, { timeout: 60_000 }).toBe(0);
});

test("while payment is away an order is answered 503 and finished when it is back", async () => {
  const way = await interruptible(trade.payment.apiUrl);
  const elsewhere = await Trade.start({ PAYMENT_URL: way.url.replace(/\/$/, "") });
  try {
    const sku = await elsewhere.stock(1, 10);
    const key = randomUUID();
    await way.cut();
    const answer = await elsewhere.place(orderOf(sku), key);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(JSON.parse(answer.text).type).toBe("urn:tradestack:problem:unavailable");

    await way.restore();
    await expect.poll(async () => (await elsewhere.books()).orders, { timeout: 60_000 }).toEqual({ paid: 1 });
    expect((await elsewhere.place(orderOf(sku), key)).status).toBe(201);
  } finally {
    await elsewhere.stop();
    await way.cut();
  }
});
