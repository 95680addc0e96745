import { Problem, type StoredResponse } from "../../chassis/index.ts";
import {
  ORDER_PROBLEMS,
  type Order,
  type OrderLine,
  type OrderRequest,
  type OrderState,
} from "../../contracts/order-api.ts";

/** The moves that an order may make; the database refuses all others, too. */
export const MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  pending: ["reserved", "rejected"],
  reserved: ["paid", "compensating"],
  paid: [],
  compensating: ["rejected"],
  rejected: [],
};

interface Facts {
  readonly id: string;
  readonly requestHash: string;
  readonly createdAt: Date;
  /** How often the recovery has taken it up. */
  readonly attempts: number;
}

/** Accepted; nothing is reserved yet. */
export interface PendingOrder extends Facts {
  readonly state: "pending";
  readonly lines: OrderRequest["lines"];
  readonly cardToken: string;
}

/** Stock and prices are held. */
export interface ReservedOrder extends Facts {
  readonly state: "reserved";
  readonly lines: readonly OrderLine[];
  readonly currency: string;
  readonly total: number;
  readonly cardToken: string;
}

/** Stock and money are on their way back. */
export interface CompensatingOrder extends Facts {
  readonly state: "compensating";
}

/** Over, one way or the other. */
export interface FinishedOrder extends Facts {
  readonly state: "paid" | "rejected";
  /** What the client is told, now and again. */
  readonly outcome: StoredResponse;
}

/** An order as the saga sees it: its type says what may be done next. */
export type SagaOrder = PendingOrder | ReservedOrder | CompensatingOrder | FinishedOrder;

/**
 * What an order costs, in minor units.
 *
 * @throws {Problem} 422 when that is nothing, or more than can be counted exactly.
 */
export function orderTotal(lines: readonly Pick<OrderLine, "quantity" | "unitPrice">[]): number {
  // A sum that is not exact is at least 2^53 and so not a safe integer, whatever the rounding.
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  if (total > 0 && Number.isSafeInteger(total)) return total;
  throw new Problem({
    status: 422,
    slug: ORDER_PROBLEMS.unpayable,
    title: "Unpayable total",
    detail:
      total === 0 ? "The goods cost nothing; there is nothing to pay" : "The total is too large to be paid",
  });
}

/** A paid order as the API shows it. */
export const paidOrder = (order: ReservedOrder, paymentId: string): Order => ({
  id: order.id,
  state: "paid",
  currency: order.currency,
  total: order.total,
  lines: [...order.lines],
  paymentId,
  createdAt: order.createdAt.toISOString(),
});

/** What a client is told whose order is rejected. */
export const rejection = (orderId: string, problem: Problem): StoredResponse => ({
  status: problem.status,
  body: JSON.stringify({ ...problem.toJSON(), orderId }),
});

/** The order was not done with by the time its stock cannot be held any longer. */
export const timedOut = (): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.timedOut,
    title: "Order timed out",
    detail:
      "The order could not be completed in time and costs nothing; order again with a new Idempotency-Key",
  });
