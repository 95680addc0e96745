import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { shipmentLost } from "../../contracts/logistics-api.ts";
import { orderOf, placementOf, Trade } from "../test/trade.ts";
import { cancelOrder } from "./cancellation.ts";
import { placeOrder } from "./place-order.ts";
import { recoverOrders, recoverRefunds } from "./recovery.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
  // The service has had its part; from here on the test cancels and recovers itself.
  await trade.order.stop();
});
afterAll(() => trade?.stop());

const STATE = statement<{ state: string; refunded: number; total: number }>(
  "test-state",
  "SELECT state, refunded, total FROM orders WHERE id = $1",
);
const stateOf = async (id: string) => (await trade.orders.database.query(STATE, [id]))[0];
const ASKED = statement<{ count: number }>(
  "test-asked",
  `SELECT count(*) AS count FROM payment_operations JOIN payments ON payments.id = payment_id
   WHERE order_id = $1 AND kind = 'refund'`,
);
const askedFor = async (id: string) => (await trade.payments.database.query(ASKED, [id]))[0]?.count;

const recover = async () => {
  for (const table of ["orders", "refunds"]) {
    await trade.orders.database.script(`UPDATE ${table} SET leased_until = now() - interval '1 second'`);
  }
  await recoverRefunds(trade.afterSale(), silentLog);
  await recoverOrders(trade.saga(), trade.afterSale(), silentLog);
};
const letTimePass = () =>
  trade.orders.database.script("UPDATE refunds SET refused_at = refused_at - interval '16 minutes'");
const placed = async (sku: string): Promise<string> => {
  const request = orderOf(sku, 2, "tok_refund_refused");
  return (await placeOrder(trade.saga(), placementOf(request, randomUUID()), "test")).id;
};
/** As when the shop's balance with the provider was filled up. */
const providerRelents = () =>
  trade.payments.database.script("UPDATE test_provider.charges SET card_token = 'tok_approve'");

const cancelled = async (id: string): Promise<void> => {
  const wish = { orderId: id, by: "guest", reason: undefined };
  await expect(cancelOrder(trade.afterSale(), wish)).rejects.toMatchObject({ status: 503 });
};
const lost = (id: string) => trade.tell(shipmentLost, { orderId: id, shipmentId: randomUUID() });

test.each([
  ["a cancelled order", cancelled, "cancelled"],
  ["a lost parcel", lost, "refunded"],
] as const)("money of %s goes back once the provider no longer refuses it", async (_name, owe, end) => {
  const id = await placed(await trade.stock(0, 10));
  await owe(id);
  for (let turn = 0; turn < 5; turn++) await recover();
  expect((await stateOf(id))?.refunded).toBe(0);
  // Within the pause the refusal is not asked for again and again.
  expect(await askedFor(id)).toBe(2);

  await providerRelents();
  await letTimePass();
  await recover();
  await recover();
  const { state, refunded, total } = (await stateOf(id)) ?? {};
  expect({ state, refunded }).toEqual({ state: end, refunded: total });
  const books = await trade.books();
  expect(books.pendingRefunds).toBe(0);
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(books.revenue);
});
