import { afterAll, beforeAll, expect, test } from "vitest";
import { testServer } from "../../chassis/test/running.ts";
import type { Order } from "../../contracts/order-api.ts";
import { orderOf, Trade } from "../test/trade.ts";

/** Time for a parcel that travels at once: several events, one after the other, on a busy machine. */
const TRAVEL = { timeout: 60_000, interval: 200 };

let trade: Trade;

beforeAll(async () => {
  const soon = { HANDLING_SECONDS: "0", CARRIER_STEP_SECONDS: "0", TRACKING_SECONDS: "1" };
  trade = await Trade.start({}, { BROKER_URL: testServer("TEST_BROKER_URL"), ...soon });
});
afterAll(() => trade?.stop());

const show = async ({ id, accessToken = "" }: Order): Promise<Order> =>
  JSON.parse((await trade.send("GET", `/orders/${id}`, undefined, { "order-token": accessToken })).text);

test("an order is shipped and delivered by what logistics tells", { timeout: 120_000 }, async () => {
  const order = await trade.paid(orderOf(await trade.stock(0, 10)));
  await expect.poll(async () => (await show(order)).state, TRAVEL).toBe("delivered");
  const { tracking, deliveredAt } = await show(order);
  expect(tracking?.trackingNumber).toMatch(/^[A-Z0-9]{10,40}$/);
  expect(Date.parse(deliveredAt ?? "")).toBeGreaterThanOrEqual(Date.parse(order.createdAt));
});

test("an order whose parcel is lost is refunded by what logistics tells", { timeout: 120_000 }, async () => {
  const sku = await trade.stock(1, 10);
  const request = orderOf(sku, 2);
  const order = await trade.paid({ ...request, shipTo: { ...request.shipTo, postalCode: "LOST1" } });
  await expect.poll(async () => (await show(order)).state, TRAVEL).toBe("refunded");
  expect((await show(order)).refunded).toBe(order.totals?.total);
  expect(await trade.available(sku)).toBe(8);
  const books = await trade.books();
  expect(books).toMatchObject({ ledgerSum: 0, ledgerRevenue: books.revenue, confirmed: books.sold });
});
