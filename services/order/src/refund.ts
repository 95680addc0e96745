import { Problem, type ProblemDetails } from "../../chassis/index.ts";
import {
  ORDER_PROBLEMS,
  type OrderLine,
  type Refund,
  type RefundRequest,
} from "../../contracts/order-api.ts";

/** What of an order can be given back. */
export interface Refundable {
  readonly lines: readonly (Pick<OrderLine, "sku" | "quantity" | "unitPrice"> & {
    /** Pieces that came back already. */
    readonly returned: number;
    /** Pieces that are to come back and have not arrived. */
    readonly awaited: number;
  })[];
  /** Money that neither was given back nor is on its way, in minor units. */
  readonly left: number;
}

/** How much goes back, and the pieces that it is for. */
export interface RefundPlan {
  readonly amount: number;
  readonly lines: Refund["lines"];
}

interface RefundFacts extends RefundPlan {
  readonly id: string;
  readonly orderId: string;
  /** Asked for by staff, goods that came back, the rest of a cancelled order, or the rest of a lost parcel's. */
  readonly kind: "request" | "return" | "cancellation" | "loss";
  readonly requestHash: string;
  readonly currency: string;
  readonly paymentId: string;
  readonly restock: boolean;
  readonly reason: string;
  /** How often the payment provider has refused it so far, where it is tried again nevertheless. */
  readonly refusals: number;
  readonly createdAt: Date;
}

/** Promised: the money is on its way. */
export interface PendingRefund extends RefundFacts {
  readonly state: "pending";
}

/** The money is back. */
export interface DoneRefund extends RefundFacts {
  readonly state: "done";
}

/** Refused by the payment service: the money stays where it is. */
export interface FailedRefund extends RefundFacts {
  readonly state: "failed";
  readonly failure: ProblemDetails;
}

export type OrderRefund = PendingRefund | DoneRefund | FailedRefund;

/**
 * Says how much goes back.
 *
 * - Of named pieces: their price, and with the last piece of an order everything that is left, shipping included;
 *   never more than is left. Pieces that are on their way back are paid for when they arrive, see {@link planReturn}.
 * - An amount of its own goes before the price of the pieces.
 * - Neither: everything.
 *
 * Shipping goes back with the last piece, the price of express delivery included: more than the Directive 2011/83/EU
 * (art. 13) asks for.
 *
 * @throws {Problem} 409 when more is asked for than is left.
 */
export function planRefund(
  { lines: bought, left }: Refundable,
  { lines: wanted, amount }: Pick<RefundRequest, "lines" | "amount">,
): RefundPlan {
  const lines = wanted === undefined && amount !== undefined ? [] : planPieces(bought, wanted);
  const back = amount ?? Math.min(left, priceOf(bought, lines, left));
  if (back > left || back === 0) {
    throw notRefundable(`${left} can be given back, not ${amount ?? "anything"}`, { left });
  }
  return { amount: back, lines };
}

/**
 * Says which pieces may come back: those that are named, or all that neither came back nor are on their way.
 *
 * @throws {Problem} 409 when there are not so many.
 */
export function planPieces(bought: Refundable["lines"], wanted: RefundRequest["lines"]): Refund["lines"] {
  const remaining = bought.map(({ sku, quantity, returned, awaited }) => ({
    sku,
    quantity: quantity - returned - awaited,
  }));
  for (const { sku, quantity } of wanted ?? []) {
    const pieces = remaining.find((line) => line.sku === sku)?.quantity ?? 0;
    if (quantity > pieces) {
      throw notRefundable(`${pieces} of ${sku} can be given back, not ${quantity}`, { sku, left: pieces });
    }
  }
  return wanted ?? remaining.filter(({ quantity }) => quantity > 0);
}

/** Says how much goes back for pieces that have arrived: as {@link planRefund}, but nothing where nothing is left. */
export const planReturn = ({ lines: bought, left }: Refundable, lines: Refund["lines"]): RefundPlan => ({
  amount: Math.min(left, priceOf(bought, lines, left)),
  lines,
});

/** Price of pieces; with the last ones everything that is left. */
function priceOf(bought: Refundable["lines"], lines: Refund["lines"], left: number): number {
  const back = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  const isLast = bought.every(({ sku, quantity, returned }) => quantity - returned === (back.get(sku) ?? 0));
  if (isLast) return left;
  return bought.reduce((sum, { sku, unitPrice }) => sum + unitPrice * (back.get(sku) ?? 0), 0);
}

/** A refund as the API shows it. */
export const showRefund = (refund: OrderRefund): Refund => ({
  id: refund.id,
  orderId: refund.orderId,
  state: refund.state,
  amount: refund.amount,
  currency: refund.currency,
  lines: refund.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  reason: refund.reason,
  restock: refund.restock,
  createdAt: refund.createdAt.toISOString(),
});

export const notRefundable = (detail: string, extensions: Readonly<Record<string, unknown>>): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.notRefundable,
    title: "Not refundable",
    detail,
    extensions,
  });
