import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "../../chassis/test/running.ts";
import { paymentSettled } from "../../contracts/payment-events.ts";
import { callerHeaders, orderOf, placementOf, Trade } from "../test/trade.ts";
import { placeOrder } from "./place-order.ts";
import { recoverOrders } from "./recovery.ts";
import type { SagaContext } from "./saga.ts";

let trade: Trade;
let silent: Trade;
const support = callerHeaders(randomUUID(), "support");

beforeAll(async () => {
  [trade, silent] = await Promise.all([Trade.start(), Trade.start()]);
  // In the silent one the tests themselves carry orders on.
  await silent.order.stop();
});
afterAll(() => Promise.all([trade?.stop(), silent?.stop()]));

/** A saga whose provider has not decided yet. */
function undecided(holdSeconds?: number): SagaContext {
  const saga = silent.saga(holdSeconds);
  return {
    ...saga,
    payment: {
      async send(call) {
        if (call.path !== "/payments/authorisations") return saga.payment.send(call);
        const { orderId, amount, currency } = call.body as Record<string, unknown>;
        const money = { amount, currency, captured: 0, refunded: 0 };
        return { status: 202, body: { paymentId: randomUUID(), orderId, state: "pending", ...money } };
      },
    },
  };
}
const settle = (orderId: string, state: "captured" | "declined") =>
  silent.tell(paymentSettled, { orderId, paymentId: randomUUID(), state });
const recover = (saga: SagaContext) => recoverOrders(saga, silent.afterSale(), silentLog);
const expireLeases = () =>
  silent.orders.database.script("UPDATE orders SET leased_until = now() - interval '1 second'");

async function expectBalancedBooks(): Promise<void> {
  const books = await silent.books();
  expect(books).toMatchObject({ ledgerSum: 0, held: 0, ledgerRevenue: books.revenue, confirmed: books.sold });
}

describe("an order whose payment is left open", () => {
  test("is answered 202, the same again, and is paid when the payment is settled", async () => {
    const sku = await silent.stock(0, 10);
    const placement = placementOf(orderOf(sku, 2), randomUUID());
    const open = await placeOrder(undecided(), placement, "test");
    expect(open.outcome.status).toBe(202);
    expect(JSON.parse(open.outcome.body)).toMatchObject({ id: open.id, state: "reserved", refunded: 0 });
    expect((await placeOrder(undecided(), placement, "test")).outcome).toEqual(open.outcome);
    expect(await silent.books()).toMatchObject({ held: 2, orders: { reserved: 1 }, waitingEvents: 0 });

    // The event makes it due at once, without its pause.
    await settle(open.id, "captured");
    await settle(open.id, "captured");
    await recover(silent.saga());
    const paid = await placeOrder(silent.saga(), placement, "test");
    expect(paid.outcome.status).toBe(201);
    await settle(open.id, "declined");
    await recover(silent.saga());
    expect((await placeOrder(silent.saga(), placement, "test")).outcome).toEqual(paid.outcome);
    expect(await silent.available(sku)).toBe(8);
    await expectBalancedBooks();
  });

  test("is rejected with its stock back when the payment is declined", async () => {
    const sku = await silent.stock(1, 10);
    const placement = placementOf(orderOf(sku, 2, "tok_decline"), randomUUID());
    const open = await placeOrder(undecided(), placement, "test");
    await settle(open.id, "declined");
    await recover(silent.saga());
    expect((await placeOrder(silent.saga(), placement, "test")).outcome.status).toBe(402);
    expect(await silent.available(sku)).toBe(10);
    await expectBalancedBooks();
  });

  test("is paid even if nobody tells that the payment is settled", async () => {
    const sku = await silent.stock(2, 10);
    const placement = placementOf(orderOf(sku), randomUUID());
    await placeOrder(undecided(), placement, "test");
    await expireLeases();
    await recover(undecided());
    expect((await placeOrder(undecided(), placement, "test")).outcome.status).toBe(202);
    await expireLeases();
    await recover(silent.saga());
    expect((await placeOrder(silent.saga(), placement, "test")).outcome.status).toBe(201);
    await expectBalancedBooks();
  });

  test("is rejected when its stock cannot be held any longer, and a late payment is reversed", async () => {
    const sku = await silent.stock(3, 10);
    const placement = placementOf(orderOf(sku, 2), randomUUID());
    const open = await placeOrder(undecided(), placement, "test");
    await expireLeases();
    await recover(undecided(0));
    const rejected = await placeOrder(silent.saga(), placement, "test");
    expect(rejected.outcome.status).toBe(409);
    expect(JSON.parse(rejected.outcome.body).type).toBe("urn:tradestack:problem:order-timed-out");
    await settle(open.id, "captured");
    await recover(silent.saga());
    expect((await placeOrder(silent.saga(), placement, "test")).outcome).toEqual(rejected.outcome);
    expect(await silent.available(sku)).toBe(10);
    await expectBalancedBooks();
  });
});

describe("a card whose charge takes a while", () => {
  test.each([
    ["tok_processing_approve", "paid"],
    ["tok_processing_decline", "rejected"],
  ])("%s: 202 with the order, which comes to be %s by itself", async (token, end) => {
    const sku = await trade.stock(0, 10);
    const key = randomUUID();
    const answer = await trade.place(orderOf(sku, 1, token), key);
    expect(answer.status, answer.text).toBe(202);
    const { id, state, accessToken } = JSON.parse(answer.text);
    expect(state).toBe("reserved");
    const show = async () => {
      const shown = await trade.send("GET", `/orders/${id}`, undefined, { "order-token": accessToken });
      return JSON.parse(shown.text).state;
    };
    await expect.poll(show, { timeout: 30_000 }).toBe(end);
    const again = await trade.place(orderOf(sku, 1, token), key);
    expect(again.status).toBe(end === "paid" ? 201 : 402);
    const history = await trade.send("GET", `/orders/${id}/history`, undefined, support);
    expect(JSON.parse(history.text).items.map((item: { state: string }) => item.state)).toEqual(
      end === "paid" ? ["pending", "reserved", "paid"] : ["pending", "reserved", "compensating", "rejected"],
    );
    expect(await trade.available(sku)).toBe(end === "paid" ? 9 : 10);
  });
});
