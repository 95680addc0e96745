import { Problem, ProblemDetails, parseAnswer, problemType, unavailable } from "../../chassis/index.ts";
import { cancellationPath, LOGISTICS_PROBLEMS } from "../../contracts/logistics-api.ts";
import type { OrderState } from "../../contracts/order-api.ts";
import type { AfterSale } from "./after-sale.ts";
import { illegalMove } from "./order.ts";
import { giveBack, promiseRest, returnGoods } from "./refund-saga.ts";

/** Who cancels an order, and why. */
export interface CancellationWish {
  readonly orderId: string;
  readonly by: string;
  readonly reason: string | undefined;
}

/**
 * Cancels a paid order; repeated, it answers the same.
 *
 * @throws {Problem} 409 when it is too late or too early, 503 when something it needs is away: it is carried on in
 * the background.
 */
export async function cancelOrder(
  context: AfterSale,
  { orderId, by, reason }: CancellationWish,
  requestId?: string,
): Promise<void> {
  const state = await context.cancellations.begin(orderId, by, reason);
  if (state === "cancelled") return;
  if (state !== "cancelling") throw notCancellable(orderId, state);
  await carryOutCancellation(context, orderId, requestId);
}

/**
 * Carries a cancellation on until all money and goods are back, or it turns out to be too late:
 *
 *     paid ──▶ cancelling ──bar shipment, give money back, return goods──▶ cancelled
 *       ▲           │
 *       └───────────┘ already dispatched
 *
 * It may die anywhere and be called again, even by two processes at once: the shipment is either barred for good or
 * was dispatched, so that all come to the same end.
 *
 * @throws {Problem} 409 when the parcel is on its way, 503 when another service is away; it is carried on later.
 */
export async function carryOutCancellation(
  context: AfterSale,
  orderId: string,
  requestId?: string,
): Promise<void> {
  try {
    await carryOut(context, orderId, requestId);
  } catch (error) {
    await context.cancellations.defer(orderId).catch(() => undefined);
    throw error;
  }
}

async function carryOut(context: AfterSale, orderId: string, requestId: string | undefined): Promise<void> {
  const { cancellations, database, refunds } = context;
  if ((await barShipment(context, orderId, requestId)) === "dispatched") {
    await cancellations.turnDown(orderId);
    context.onFinished("cancellation", "too late");
    throw alreadyDispatched(orderId);
  }
  // What was promised before comes first: should one of these fail, its money belongs to the rest.
  for (const refund of await refunds.pendingOf(orderId)) await giveBack(context, refund, requestId);
  await database.transaction((transaction) =>
    promiseRest(transaction, orderId, "cancellation", "The order was cancelled"),
  );
  for (const refund of await refunds.pendingOf(orderId)) await giveBack(context, refund, requestId);
  await returnGoods(context, orderId, orderId, undefined, requestId);
  if (!(await cancellations.finish(orderId))) return;
  context.onEvent();
  context.onFinished("cancellation", "cancelled");
}

/** Makes sure that nothing is sent, unless it was. */
async function barShipment(
  { logistics }: AfterSale,
  orderId: string,
  requestId: string | undefined,
): Promise<"barred" | "dispatched"> {
  const answer = await logistics.send({
    method: "PUT",
    path: cancellationPath(orderId),
    ...(requestId && { requestId }),
  });
  if (answer.status === 204) return "barred";
  if (answer.status === 409) {
    const { type } = parseAnswer(ProblemDetails, answer);
    if (type === problemType(LOGISTICS_PROBLEMS.alreadyDispatched)) return "dispatched";
  }
  throw unavailable("The logistics service", new Error(`answer ${answer.status}`));
}

function notCancellable(orderId: string, state: OrderState): Problem {
  switch (state) {
    case "shipped":
    case "delivered":
      return alreadyDispatched(orderId);
    case "pending":
    case "reserved":
    case "compensating":
      return illegalMove(state, "The order is not paid yet; try again when it is");
    default:
      return illegalMove(state, `The order is ${state}; there is nothing to cancel`);
  }
}

const alreadyDispatched = (orderId: string): Problem =>
  new Problem({
    status: 409,
    slug: LOGISTICS_PROBLEMS.alreadyDispatched,
    title: "Already dispatched",
    detail: `The parcel of order ${orderId} is with the carrier; send it back when it has arrived`,
  });
