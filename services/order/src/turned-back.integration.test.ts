import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, Problem } from "../../chassis/index.ts";
import { orderOf, placementOf, Trade } from "../test/trade.ts";
import { placeOrder, workOn } from "./place-order.ts";
import type { SagaContext } from "./saga.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
  // The service has had its part; from here on the test places orders itself.
  await trade.order.stop();
});
afterAll(() => trade?.stop());

/** A process whose answers get lost once the stock is the customer's. */
const losesConfirmation = (saga: SagaContext): SagaContext => ({
  ...saga,
  catalog: {
    async send(call: Call) {
      const answer = await saga.catalog.send(call);
      if (!call.path.endsWith("/confirm")) return answer;
      throw new Problem({ status: 503, slug: "unavailable", title: "Away" });
    },
  },
});
/** A payment service that takes the request for another one, as one of another release might. */
const refusesPayment = (saga: SagaContext): SagaContext => ({
  ...saga,
  payment: {
    send: (call: Call) =>
      call.path.endsWith("/reversals")
        ? saga.payment.send(call)
        : Promise.resolve({
            status: 422,
            body: { type: "urn:tradestack:problem:idempotency-key-reused", title: "Reused", status: 422 },
          }),
  },
});

test("goods of an order that is turned back after they were the customer's can be sold again", async () => {
  const sku = await trade.stock(0, 10);
  const key = randomUUID();
  const placement = placementOf(orderOf(sku, 2), key);
  const saga = trade.saga();
  await expect(placeOrder(losesConfirmation(saga), placement, "test")).rejects.toMatchObject({ status: 503 });
  expect(await trade.available(sku)).toBe(8);
  await trade.orders.database.script("UPDATE orders SET leased_until = now() - interval '1 second'");
  const [order] = await saga.store.takeAbandoned(1);
  if (order === undefined) throw new Error("the order is not there");

  expect(await workOn(refusesPayment(saga), order)).toMatchObject({ state: "rejected" });
  expect(await trade.available(sku)).toBe(10);
  const books = await trade.books();
  expect(books.ledgerSum).toBe(0);
  expect(books.ledgerRevenue).toBe(0);
});
