import { randomUUIDv7 } from "node:crypto";
import { keyInUse, keyReused, type Logger, requestHash } from "../../chassis/index.ts";
import type { OrderRequest } from "../../contracts/order-api.ts";
import type { FinishedOrder, SagaOrder } from "./order.ts";
import { carryOn, type SagaContext } from "./saga.ts";

/**
 * Places an order, once a key. Repeated, it answers the same; after a crash it goes on where that one stopped.
 *
 * @throws {Problem} 422 when the key was used with another order, 409 while another request works on it, 503 when
 * something it needs is away: the order is carried on in the background, and repeating the request tells how it
 * went.
 */
export async function placeOrder(
  saga: SagaContext,
  idempotencyKey: string,
  request: OrderRequest,
  requestId: string,
): Promise<FinishedOrder> {
  const { store } = saga;
  const digest = requestHash(request);
  const opened = await store.open({ id: randomUUIDv7(), idempotencyKey, requestHash: digest, request });
  if (opened !== undefined) return work(saga, opened, requestId);

  const known = await store.takeByKey(idempotencyKey, digest);
  if (known === undefined) throw keyInUse();
  const { order, taken } = known;
  if (order.requestHash !== digest) throw keyReused();
  if (order.state === "paid" || order.state === "rejected") return order;
  if (!taken) throw keyInUse();
  return work(saga, order, requestId);
}

/** Orders that one turn of the recovery takes up at the most. */
const BATCH = 20;

/**
 * Finishes orders that nobody is working on: their process died, or something they need was away.
 *
 * @returns Whether there may be more of them.
 */
export async function recoverOrders(saga: SagaContext, log: Logger): Promise<boolean> {
  const orders = await saga.store.takeAbandoned(BATCH);
  await Promise.all(
    orders.map((order) =>
      work(saga, order).then(
        ({ state }) => log.info({ orderId: order.id, state }, "an abandoned order was finished"),
        (error: unknown) => log.warn({ err: error, orderId: order.id }, "an order cannot be finished yet"),
      ),
    ),
  );
  return orders.length === BATCH;
}

async function work(saga: SagaContext, order: SagaOrder, requestId?: string): Promise<FinishedOrder> {
  try {
    return await carryOn(saga, order, requestId);
  } catch (error) {
    // Let go of it, so that the recovery need not wait for the lease; where that fails too, it waits.
    await saga.store.defer(order.id).catch(() => undefined);
    throw error;
  }
}
