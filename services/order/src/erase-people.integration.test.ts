import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { shipmentDelivered } from "../../contracts/logistics-api.ts";
import type { Order } from "../../contracts/order-api.ts";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";
import { erasePeople } from "./erase-people.ts";

let trade: Trade;
const ada = callerHeaders(randomUUID(), "customer");
const support = callerHeaders(randomUUID(), "support");

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

const KEPT_DAYS = 100;
const letDaysPass = (days: number) =>
  trade.orders.database.script(`UPDATE orders SET ended_at = ended_at - interval '${days} days'`);
const ROW = statement<{ row: string }>("test-row", "SELECT orders::text AS row FROM orders WHERE id = $1");
const rowOf = async (id: string) => (await trade.orders.database.query(ROW, [id]))[0]?.row ?? "";
const show = async (id: string): Promise<Order> =>
  JSON.parse((await trade.send("GET", `/orders/${id}`, undefined, support)).text);
const deliver = (orderId: string) =>
  trade.tell(shipmentDelivered, {
    orderId,
    shipmentId: randomUUID(),
    deliveredAt: new Date().toISOString(),
  });
const namesSomebody = /ada@|Lovelace|Square|10115/i;

test("who ordered and where it went is erased some time after the end, and nothing else", async () => {
  const sku = await trade.stock(0, 10);
  const delivered = await trade.paid(orderOf(sku), ada);
  const guests = await trade.paid(orderOf(sku));
  const cancelled = await trade.paid(orderOf(sku), ada);
  const underWay = await trade.paid(orderOf(sku), ada);
  const late = await trade.paid(orderOf(sku), ada);
  for (const { id } of [delivered, guests]) await deliver(id);
  await trade.send("POST", `/orders/${cancelled.id}/cancellation`, {}, ada);
  const declined = await trade.place(orderOf(sku, 1, "tok_decline"), randomUUID(), ada);
  const rejected: string = JSON.parse(declined.text).orderId;
  const before = await Promise.all([delivered, guests, cancelled].map(({ id }) => show(id)));

  await letDaysPass(KEPT_DAYS - 1);
  expect(await erasePeople(trade.orders.database, KEPT_DAYS)).toBe(false);
  expect(await rowOf(delivered.id)).toMatch(namesSomebody);
  await letDaysPass(1);
  await deliver(late.id);
  await erasePeople(trade.orders.database, KEPT_DAYS);
  await erasePeople(trade.orders.database, KEPT_DAYS);

  for (const [index, { id }] of [delivered, guests, cancelled].entries()) {
    expect(await rowOf(id)).not.toMatch(namesSomebody);
    const { shipTo: _, ...left } = before[index] ?? {};
    expect(await show(id)).toEqual(left);
  }
  expect(await rowOf(rejected)).not.toMatch(namesSomebody);
  for (const { id } of [underWay, late]) expect((await show(id)).shipTo).toEqual(orderOf(sku).shipTo);

  const found = await trade.send("GET", "/orders?customer=ada%40example.com", undefined, support);
  expect(JSON.parse(found.text).items.map(({ id }: Order) => id)).toEqual([late.id, underWay.id]);
  const hers = await trade.send("GET", `/orders/${guests.id}`, undefined, {
    "order-token": guests.accessToken ?? "",
  });
  expect(hers.status).toBe(200);
});

test("no order forgets its address before its end, or gets another one", async () => {
  const { id } = await trade.paid(orderOf(await trade.stock(1, 10)), ada);
  const { database } = trade.orders;
  const erase = "customer_email = '', ship_to = '{\"country\": \"DE\"}'";
  await expect(
    database.script(`UPDATE orders SET ${erase}, erased_at = now() WHERE id = '${id}'`),
  ).rejects.toThrow(/order_erased/);
  for (const change of [erase, 'ship_to = ship_to || \'{"city": "Rome"}\'']) {
    await expect(database.script(`UPDATE orders SET ${change} WHERE id = '${id}'`)).rejects.toThrow(
      /never changes/,
    );
  }
});
