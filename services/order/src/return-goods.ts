import { keyReused, requestHash } from "../../chassis/index.ts";
import type { GoodsReturnRequest } from "../../contracts/order-api.ts";
import type { AfterSale } from "./after-sale.ts";
import type { Actor } from "./buyer.ts";
import {
  illegalReturnMove,
  type StoredReturn,
  unknownReturn,
  withdrawalEnd,
  withdrawalOver,
} from "./goods-return.ts";
import { illegalMove } from "./order.ts";
import { notRefundable, type OrderRefund, planPieces, planReturn } from "./refund.ts";
import { findRefund, type LockedOrder, lockOrder, storeRefund } from "./refund-store.ts";
import { closeReturn, findReturn, findReturnByKey, storeReturn } from "./return-store.ts";

/** Somebody wants to send goods back, by a key of theirs. */
export interface ReturnWish {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly request: GoodsReturnRequest;
  readonly actor: Actor;
}

/**
 * Notes that goods come back, once a key. Nothing else happens before they are here:
 *
 *     requested ──they arrive──▶ received ──▶ their price is given back, they go into stock
 *         └──they do not come──▶ withdrawn
 *
 * @param now Decides whether a buyer may still withdraw from the purchase.
 * @throws {Problem} 409 when the order's state, its pieces or the time do not allow it, 422 when the key was used with
 * another request.
 */
export function requestReturn(
  { database }: AfterSale,
  { orderId, idempotencyKey, request, actor }: ReturnWish,
  now: Date,
): Promise<StoredReturn> {
  const digest = requestHash(request);
  return database.transaction(async (transaction) => {
    const order = await lockOrder(transaction, orderId);
    const known = await findReturnByKey(transaction, orderId, idempotencyKey);
    if (known !== undefined) {
      if (known.requestHash !== digest) throw keyReused();
      return known;
    }
    const deliveredAt = arrival(order);
    if (actor.isBuyer && now > withdrawalEnd(deliveredAt)) throw withdrawalOver(withdrawalEnd(deliveredAt));
    const lines = planPieces(order.lines, request.lines);
    if (lines.length === 0) throw notRefundable("Nothing is left that could come back", { left: 0 });
    const { reason } = request;
    return storeReturn(transaction, {
      orderId,
      idempotencyKey,
      requestHash: digest,
      lines,
      reason,
      by: actor.by,
    });
  });
}

function arrival({ state, deliveredAt }: LockedOrder): Date {
  if (state === "delivered" && deliveredAt !== undefined) return deliveredAt;
  throw illegalMove(state, `The order is ${state}; it can be sent back once it is delivered`);
}

/** Somebody says what became of the goods of a return. */
export interface ReturnMove {
  readonly orderId: string;
  readonly returnId: string;
  /** Id of their account, or `guest`. */
  readonly by: string;
}

/**
 * Notes that the goods of a return are here, and promises their price; both at once, before money or stock move.
 * Repeated, it answers the same.
 *
 * @param restock Whether they go back into stock.
 * @throws {Problem} 404 when there is no such return, 409 when it was said that they do not come.
 */
export function receiveReturn(
  { database }: AfterSale,
  { orderId, returnId, by }: ReturnMove,
  restock: boolean,
): Promise<OrderRefund> {
  return database.transaction(async (transaction) => {
    await lockOrder(transaction, orderId);
    const known = await findReturn(transaction, orderId, returnId);
    if (known === undefined) throw unknownReturn(returnId);
    if (known.state === "withdrawn") throw illegalReturnMove(known.state);
    const kind = "return";
    const promised = await findRefund(transaction, { orderId, kind, idempotencyKey: returnId });
    if (promised !== undefined) return promised;
    if (!(await closeReturn(transaction, returnId, "received", by))) throw illegalReturnMove("withdrawn");
    return storeRefund(transaction, {
      // Anew: its pieces are not waited for any more.
      ...planReturn(await lockOrder(transaction, orderId), known.lines),
      orderId,
      kind,
      idempotencyKey: returnId,
      requestHash: "",
      restock,
      reason: known.reason,
      by,
    });
  });
}

/**
 * Notes that the goods of a return do not come. Repeated, it answers the same.
 *
 * @throws {Problem} 404 when there is no such return, 409 when they are here.
 */
export async function withdrawReturn(
  { database }: AfterSale,
  { orderId, returnId, by }: ReturnMove,
): Promise<StoredReturn> {
  const known = await findReturn(database, orderId, returnId);
  if (known === undefined) throw unknownReturn(returnId);
  const closed = (await closeReturn(database, returnId, "withdrawn", by)) ?? known;
  const now = closed.state === "requested" ? await findReturn(database, orderId, returnId) : closed;
  if (now?.state !== "withdrawn") throw illegalReturnMove("received");
  return now;
}
