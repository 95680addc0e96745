import { randomUUIDv7 } from "node:crypto";
import { keyInUse, keyReused, requestHash } from "../../chassis/index.ts";
import type { OrderRequest } from "../../contracts/order-api.ts";
import { type DecidedOrder, type OpenOrder, openOrder, type SagaOrder } from "./order.ts";
import type { NewOrder } from "./order-store.ts";
import { carryOn, type SagaContext } from "./saga.ts";
import { rateOf } from "./totals.ts";

/** Who orders what, and the key they gave it. */
export interface Placement extends Pick<NewOrder, "keyScope" | "idempotencyKey"> {
  readonly request: OrderRequest;
  /** Whose the order with this id is to be. */
  readonly ownerOf: (orderId: string) => NewOrder["owner"];
}

/**
 * Places an order, once a key. Repeated, it answers the same; after a crash it goes on where that one stopped.
 *
 * @throws {Problem} 422 when the key was used with another order or nothing is shipped there, 409 while another
 * request works on it, 503 when something it needs is away: the order is carried on in the background, and repeating
 * the request tells how it went.
 */
export async function placeOrder(
  saga: SagaContext,
  { keyScope, idempotencyKey, request, ownerOf }: Placement,
  requestId: string,
): Promise<DecidedOrder | OpenOrder> {
  rateOf(request.shipTo.country);
  const { store } = saga;
  const id = randomUUIDv7();
  const digest = requestHash(request);
  const owner = ownerOf(id);
  const opened = await store.open({ id, keyScope, idempotencyKey, requestHash: digest, request, owner });
  if (opened !== undefined) return workOn(saga, opened, requestId);

  const known = await store.takeByKey(keyScope, idempotencyKey, digest);
  if (known === undefined) throw keyInUse();
  const { order, taken } = known;
  if (order.requestHash !== digest) throw keyReused();
  if ("outcome" in order) return order;
  if (taken) return workOn(saga, order, requestId);
  if (order.state === "reserved" && order.paymentId !== undefined) return openOrder(order, order.paymentId);
  throw keyInUse();
}

/** Works on an order until it is decided or has to wait. */
export async function workOn(
  saga: SagaContext,
  order: SagaOrder,
  requestId?: string,
): Promise<DecidedOrder | OpenOrder> {
  try {
    return await carryOn(saga, order, requestId);
  } catch (error) {
    // Let go of it, so that the recovery need not wait for the lease; where that fails too, it waits.
    await saga.store.defer(order.id).catch(() => undefined);
    throw error;
  }
}
