import { type Logger, Problem } from "../../chassis/index.ts";
import type { AfterSale } from "./after-sale.ts";
import { carryOutCancellation } from "./cancellation.ts";
import type { SagaOrder } from "./order.ts";
import { workOn } from "./place-order.ts";
import { giveBack } from "./refund-saga.ts";
import type { SagaContext } from "./saga.ts";

/** Orders or refunds that one turn of the recovery takes up at the most. */
const BATCH = 20;

/**
 * Carries on orders that nobody is working on: their process died, something they need was away, or their payment
 * was left open.
 *
 * @returns Whether there may be more of them.
 */
export async function recoverOrders(saga: SagaContext, afterSale: AfterSale, log: Logger): Promise<boolean> {
  const orders = await saga.store.takeAbandoned(BATCH);
  await Promise.all(
    orders.map((order) =>
      carryOn(saga, afterSale, order).then(
        (state) => log.info({ orderId: order.id, state }, "an abandoned order was carried on"),
        (error: unknown) => log.warn({ err: error, orderId: order.id }, "an order cannot be finished yet"),
      ),
    ),
  );
  return orders.length === BATCH;
}

async function carryOn(saga: SagaContext, afterSale: AfterSale, order: SagaOrder): Promise<string> {
  if (order.state !== "cancelling") return (await workOn(saga, order)).state;
  try {
    await carryOutCancellation(afterSale, order.id);
    return "cancelled";
  } catch (error) {
    if (error instanceof Problem && error.status === 409) return "not cancelled";
    throw error;
  }
}

/**
 * Carries on refunds that nobody is working on.
 *
 * @returns Whether there may be more of them.
 */
export async function recoverRefunds(afterSale: AfterSale, log: Logger): Promise<boolean> {
  const refunds = await afterSale.refunds.takeAbandoned(BATCH);
  await Promise.all(
    refunds.map((refund) =>
      giveBack(afterSale, refund).then(
        ({ state }) => log.info({ refundId: refund.id, state }, "an abandoned refund was carried on"),
        (error: unknown) => log.warn({ err: error, refundId: refund.id }, "a refund cannot be finished yet"),
      ),
    ),
  );
  return refunds.length === BATCH;
}
