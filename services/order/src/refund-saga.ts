import { keyReused, Problem, type Queryable, requestHash, unavailable } from "../../chassis/index.ts";
import { returnsPath } from "../../contracts/catalog-api.ts";
import { ORDER_PROBLEMS, type RefundRequest } from "../../contracts/order-api.ts";
import { PAYMENT_PROBLEMS } from "../../contracts/payment-api.ts";
import type { AfterSale } from "./after-sale.ts";
import { SYSTEM } from "./buyer.ts";
import { illegalMove } from "./order.ts";
import { type OrderRefund, type PendingRefund, planRefund, type RefundPlan } from "./refund.ts";
import { findRefund, type LockedOrder, lockOrder, storeRefund } from "./refund-store.ts";
import { refusal } from "./refusal.ts";

/** Staff ask for money of an order, by a key of theirs. */
export interface RefundWish {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly request: RefundRequest;
  /** Id of their account. */
  readonly by: string;
}

/**
 * Promises a refund, once a key: stored, and counted in its order, before any money moves.
 *
 * @throws {Problem} 409 when the order's state or its money do not allow it, or it has to be cancelled instead, 422 when
 * the key was used with another request.
 */
export function requestRefund(
  { database }: AfterSale,
  { orderId, idempotencyKey, request, by }: RefundWish,
): Promise<OrderRefund> {
  const digest = requestHash(request);
  return database.transaction(async (transaction) => {
    const order = await lockOrder(transaction, orderId);
    const known = await findRefund(transaction, { orderId, kind: "request", idempotencyKey });
    if (known !== undefined) {
      if (known.requestHash !== digest) throw keyReused();
      return known;
    }
    if (order.state !== "paid" && order.state !== "shipped" && order.state !== "delivered") {
      throw illegalMove(order.state, `The order is ${order.state}; there is nothing to give back`);
    }
    const { reason, restock = false } = request;
    const plan = planRefund(order, request);
    checkParcel(order, plan, restock);
    return storeRefund(transaction, {
      ...plan,
      orderId,
      kind: "request",
      idempotencyKey,
      requestHash: digest,
      restock,
      reason,
      by,
    });
  });
}

/**
 * A refund stops no parcel. So while that is still to leave, some money may go back for goodwill, but neither goods nor
 * all that is left: only the cancellation makes sure that nothing is sent, or finds that it is too late for that.
 */
function checkParcel({ state, left }: LockedOrder, { lines, amount }: RefundPlan, restock: boolean): void {
  if (state !== "paid" || (lines.length === 0 && !restock && amount < left)) return;
  throw new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.cancelInstead,
    title: "Cancel instead",
    detail:
      "The parcel has not left yet, and a refund would not stop it; cancel the order, which gives everything back, or give back a part of the money by `amount` alone",
    extensions: { state },
  });
}

/** Promises everything that is left of an order that the shop itself has to give back; nothing where nothing is. */
export async function promiseRest(
  transaction: Queryable,
  orderId: string,
  kind: "cancellation" | "loss",
  reason: string,
): Promise<void> {
  const order = await lockOrder(transaction, orderId);
  const known = await findRefund(transaction, { orderId, kind, idempotencyKey: "" });
  if (known !== undefined || order.left === 0) return;
  await storeRefund(transaction, {
    ...planRefund(order, {}),
    orderId,
    kind,
    idempotencyKey: "",
    requestHash: "",
    restock: kind === "cancellation",
    reason,
    by: SYSTEM,
  });
}

/**
 * Carries a refund on until the money is back, or was refused for good:
 *
 *     pending ──give money back, return goods──▶ done
 *        └──refused──▶ failed
 *
 * It may die anywhere and be called again, even by two processes at once: both calls are keyed by the refund's id.
 * What the shop owes stays pending when the provider refuses it, and is asked for anew after a while. Goods that have
 * arrived go into stock first, as they are there whatever becomes of the money.
 *
 * @throws {Problem} 503 when another service is away; it is carried on later.
 */
export async function giveBack(
  context: AfterSale,
  refund: PendingRefund,
  requestId?: string,
): Promise<OrderRefund> {
  try {
    const end = await carryOut(context, refund, requestId);
    context.onEvent();
    context.onFinished("refund", end.state);
    return end;
  } catch (error) {
    await context.refunds.defer(refund.id).catch(() => undefined);
    throw error;
  }
}

async function carryOut(
  context: AfterSale,
  refund: PendingRefund,
  requestId: string | undefined,
): Promise<OrderRefund> {
  const { payment, refunds } = context;
  const returnNow = async () => {
    if (!refund.restock || refund.lines.length === 0) return;
    await returnGoods(context, refund.orderId, refund.id, refund.lines, requestId);
  };
  if (refund.kind === "return") await returnNow();
  if (refund.amount === 0) return refunds.finish(refund);
  const answer = await payment.send({
    method: "POST",
    path: `/payments/${refund.paymentId}/refunds`,
    body: { amount: refund.amount },
    idempotencyKey: paymentKey(refund),
    ...(requestId && { requestId }),
  });
  const refused = refusal("payment", answer);
  if (refused && refund.kind === "request") return refunds.fail(refund, refused);
  // Nobody was asked whether the shop owes this money: it is tried until it is back, and somebody has to look at it.
  if (refused) {
    // Any other no, such as that an operation is under way, is not kept with the key.
    if (refused.slug === PAYMENT_PROBLEMS.refusedByProvider) await noteRefusal(context, refund);
    throw unavailable("The refund", refused);
  }
  // The goods of a cancelled order go back all at once, by its cancellation.
  if (refund.kind === "request") await returnNow();
  return refunds.finish(refund);
}

/** Counts that the provider will not give back what the shop owes, and lets people see it. */
async function noteRefusal({ refunds, log }: AfterSale, refund: PendingRefund): Promise<void> {
  if (!(await refunds.refused(refund))) return;
  const { id: refundId, orderId, paymentId, kind, amount, currency, refusals } = refund;
  log.error(
    { refundId, orderId, paymentId, kind, amount, currency, refusals: refusals + 1 },
    "the payment provider refuses to give back money that the shop owes",
  );
}

/**
 * The key that the payment service knows a refund by: a further one after each refusal of the provider, as the
 * answer to a key never changes.
 */
const paymentKey = ({ id, refusals }: PendingRefund): string => (refusals === 0 ? id : `${id}/${refusals}`);

/**
 * Puts pieces of an order back into stock, once a key: all that have not come back yet where no lines are named.
 * Those that the catalog does not take, as they are back or too long gone, are for people to count.
 */
export async function returnGoods(
  { catalog, log }: AfterSale,
  orderId: string,
  idempotencyKey: string,
  lines: OrderRefund["lines"] | undefined,
  requestId: string | undefined,
): Promise<void> {
  const answer = await catalog.send({
    method: "POST",
    path: returnsPath(orderId),
    body: { lines },
    idempotencyKey,
    ...(requestId && { requestId }),
  });
  const refused = refusal("catalog", answer);
  if (refused) log.warn({ orderId, problem: refused.toJSON() }, "goods could not be put back into stock");
}
