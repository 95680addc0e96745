import { type HttpClient, outboxRow, Problem, parseAnswer, unavailable } from "../../chassis/index.ts";
import { Reservation, reservationPath, returnsPath } from "../../contracts/catalog-api.ts";
import type { Quote, Totals } from "../../contracts/order-api.ts";
import { orderPaid } from "../../contracts/order-events.ts";
import { PAYMENT_PROBLEMS, Payment } from "../../contracts/payment-api.ts";
import {
  acceptance,
  type CompensatingOrder,
  type DecidedOrder,
  type OpenOrder,
  openOrder,
  type PendingOrder,
  priceChanged,
  type ReservedOrder,
  rejection,
  type SagaOrder,
  timedOut,
} from "./order.ts";
import type { OrderStore } from "./order-store.ts";
import { refusal } from "./refusal.ts";
import { orderTotals, rateOf } from "./totals.ts";

/** What an order is carried through with. */
export interface SagaContext {
  readonly store: OrderStore;
  readonly catalog: Pick<HttpClient, "send">;
  readonly payment: Pick<HttpClient, "send">;
  /** How long stock is held for an order, in seconds; an order that takes longer is rejected. */
  readonly holdSeconds: number;
  /** Called when an event was stored. */
  readonly onEvent: () => void;
  /** Called when it was decided whether an order is paid or rejected. */
  readonly onFinished: (state: "paid" | "rejected") => void;
}

/**
 * Carries an order on from whatever state it is in until it is paid or rejected:
 *
 *     pending ──reserve stock──▶ reserved ──take payment, confirm stock──▶ paid
 *        │                          └─▶ compensating ──release, reverse──▶ rejected
 *        └────────────────────────────────────────────────────────────────▶ rejected
 *
 * It may die anywhere and be called again, even by two processes at once. Every call to another service is keyed
 * by the order's id and may be repeated; every move names the state it starts from. The reservation decides: it
 * is either confirmed once or gone for good, so that all who work on an order come to the same end.
 *
 * A provider may leave the payment open. The order then stays reserved, and is carried on when the payment is
 * settled or its time is over.
 *
 * @throws {Problem} 503 when another service or the database is away; the order is carried on later.
 */
export async function carryOn(
  context: SagaContext,
  order: SagaOrder,
  requestId?: string,
): Promise<DecidedOrder | OpenOrder> {
  for (let current: SagaOrder | OpenOrder = order; ; ) {
    if (isOpen(current)) return current;
    switch (current.state) {
      case "pending":
        current = await reserve(context, current, requestId);
        break;
      case "reserved":
        current = await pay(context, current, requestId);
        break;
      case "compensating":
        current = await compensate(context, current, requestId);
        break;
      default:
        context.onFinished(current.state === "rejected" ? "rejected" : "paid");
        return current;
    }
  }
}

async function reserve(
  context: SagaContext,
  order: PendingOrder,
  requestId: string | undefined,
): Promise<SagaOrder> {
  const { store, catalog, holdSeconds } = context;
  if (isOverdue(context, order)) {
    await release(context, order.id, requestId);
    return rejectPending(store, order, timedOut());
  }
  const answer = await catalog.send({
    method: "PUT",
    path: reservationPath(order.id),
    body: { lines: order.lines, ttlSeconds: holdSeconds },
    ...(requestId && { requestId }),
  });
  if (answer.status === 410) return rejectPending(store, order, timedOut());
  const refused = refusal("catalog", answer);
  if (refused) return rejectPending(store, order, refused);

  const { lines, currency } = parseAnswer(Reservation, answer);
  const { country } = order.shipTo;
  let totals: Totals;
  try {
    totals = orderTotals(lines, currency, { country, shipping: order.shipping });
    checkAgreed(order, { lines, currency, totals });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await release(context, order.id, requestId);
    return rejectPending(store, order, error);
  }
  if (!(await store.reserve(order, { lines, currency, totals }))) return store.find(order.id);
  return { ...order, state: "reserved", lines, currency, totals, paymentId: undefined };
}

/** @throws {Problem} 409 when it costs something else than the buyer has seen. */
function checkAgreed(
  { agreed, shipTo: { country }, shipping }: PendingOrder,
  { lines, currency, totals }: Pick<Quote, "lines" | "currency" | "totals">,
): void {
  if (agreed === undefined || (agreed.total === totals.total && agreed.currency === currency)) return;
  const { taxRate } = rateOf(country);
  throw priceChanged({ currency, totals, lines, country, shipping, taxRate });
}

async function pay(
  context: SagaContext,
  order: ReservedOrder,
  requestId: string | undefined,
): Promise<SagaOrder | OpenOrder> {
  const { store, catalog, payment } = context;
  if (isOverdue(context, order) && (await release(context, order.id, requestId)) === "released") {
    return turnBack(store, order, timedOut());
  }
  const { id: orderId, currency, cardToken } = order;
  const amount = order.totals.total;
  const taken = await payment.send({
    method: "POST",
    path: "/payments/authorisations",
    body: { orderId, amount, currency, cardToken, capture: true },
    idempotencyKey: orderId,
    ...(requestId && { requestId }),
  });
  const refused = refusal("payment", taken);
  if (refused) {
    return turnBack(store, order, refused.slug === PAYMENT_PROBLEMS.illegalMove ? timedOut() : refused);
  }
  const { paymentId, state } = parseAnswer(Payment, taken);
  if (state === "pending") {
    return (await store.leaveOpen(order, paymentId)) ? openOrder(order, paymentId) : store.find(orderId);
  }

  const confirmed = await catalog.send({
    method: "POST",
    path: `${reservationPath(orderId)}/confirm`,
    idempotencyKey: orderId,
    ...(requestId && { requestId }),
  });
  if (refusal("catalog", confirmed)) return turnBack(store, order, timedOut());

  const outcome = acceptance(order, paymentId);
  const event = outboxRow(orderPaid, orderId, {
    orderId,
    paymentId,
    userId: order.userId ?? null,
    customer: { email: order.email },
    shipTo: order.shipTo,
    shipping: order.shipping,
    total: amount,
    currency,
    lines: [...order.lines],
  });
  if (!(await store.pay(order, paymentId, outcome, event))) return store.find(orderId);
  context.onEvent();
  return { ...order, state: "paid", outcome };
}

async function compensate(
  context: SagaContext,
  order: CompensatingOrder,
  requestId: string | undefined,
): Promise<SagaOrder> {
  const { store, payment } = context;
  // It was confirmed before somebody else was told no: what was the customer's goes back, too.
  if ((await release(context, order.id, requestId)) === "confirmed")
    await takeBack(context, order.id, requestId);
  const reversed = await payment.send({
    method: "POST",
    path: "/payments/reversals",
    body: { orderId: order.id },
    idempotencyKey: order.id,
    ...(requestId && { requestId }),
  });
  if (reversed.status !== 204)
    throw unavailable("The payment service", new Error(`answer ${reversed.status}`));
  return (await store.rejectCompensated(order.id)) ?? store.find(order.id);
}

/** Rejects an order that has nothing to be given back. */
async function rejectPending(store: OrderStore, order: PendingOrder, problem: Problem): Promise<SagaOrder> {
  const outcome = rejection(order.id, problem);
  if (!(await store.rejectPending(order, outcome))) return store.find(order.id);
  return { ...order, state: "rejected", outcome };
}

/** Decides that an order will not be; stored before anything is given back, so that nobody goes on with it. */
async function turnBack(store: OrderStore, order: ReservedOrder, problem: Problem): Promise<SagaOrder> {
  const decided = await store.compensate(order, rejection(order.id, problem));
  return decided ? { ...order, state: "compensating" } : store.find(order.id);
}

/** Puts goods back into stock that are confirmed for an order that will not be; done twice, nothing more comes back. */
async function takeBack(
  { catalog }: SagaContext,
  orderId: string,
  requestId: string | undefined,
): Promise<void> {
  const answer = await catalog.send({
    method: "POST",
    path: returnsPath(orderId),
    body: {},
    idempotencyKey: orderId,
    ...(requestId && { requestId }),
  });
  const refused = refusal("catalog", answer);
  if (refused) throw unavailable("The catalog service", refused);
}

/** Gives held stock back. What is confirmed stays so: as a rule its order is on its way to be paid. */
async function release(
  { catalog }: SagaContext,
  orderId: string,
  requestId: string | undefined,
): Promise<"released" | "confirmed"> {
  const answer = await catalog.send({
    method: "DELETE",
    path: reservationPath(orderId),
    ...(requestId && { requestId }),
  });
  if (answer.status === 409) return "confirmed";
  if (answer.status === 204 || answer.status === 404 || answer.status === 410) return "released";
  throw unavailable("The catalog service", new Error(`answer ${answer.status}`));
}

const isOpen = (order: SagaOrder | OpenOrder): order is OpenOrder =>
  order.state === "reserved" && "outcome" in order;

const isOverdue = ({ holdSeconds }: SagaContext, { createdAt }: SagaOrder): boolean =>
  Date.now() > createdAt.getTime() + holdSeconds * 1000;
