import { Problem, type StoredResponse } from "../../chassis/index.ts";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import {
  ORDER_PROBLEMS,
  type Order,
  type OrderLine,
  type OrderRequest,
  type OrderState,
  type Quote,
  type Totals,
} from "../../contracts/order-api.ts";

/** The moves that an order may make; the database refuses all others, too. */
export const MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  pending: ["reserved", "rejected"],
  reserved: ["paid", "compensating"],
  // Events of the parcel may come in any order, so its arrival may be the first that is heard of it.
  paid: ["shipped", "delivered", "cancelling", "refunded"],
  // Back where it was, or where the parcel is by now, if it is too late.
  cancelling: ["cancelled", "paid", "shipped", "delivered", "refunded"],
  shipped: ["delivered", "refunded"],
  delivered: ["refunded"],
  cancelled: [],
  refunded: [],
  compensating: ["rejected"],
  rejected: [],
};

interface Facts {
  readonly id: string;
  readonly requestHash: string;
  /** Account of the buyer; undefined for somebody who is not logged in. */
  readonly userId: string | undefined;
  readonly email: string;
  readonly shipTo: Address;
  readonly shipping: ShippingMethod;
  readonly createdAt: Date;
  /** How often the recovery has taken it up. */
  readonly attempts: number;
}

/** Accepted; nothing is reserved yet. */
export interface PendingOrder extends Facts {
  readonly state: "pending";
  readonly lines: OrderRequest["lines"];
  readonly cardToken: string;
  readonly agreed: OrderRequest["agreed"];
}

/** Stock and prices are held. */
export interface ReservedOrder extends Facts {
  readonly state: "reserved";
  readonly lines: readonly OrderLine[];
  readonly currency: string;
  readonly totals: Totals;
  readonly cardToken: string;
  /** Set where the provider has left the payment open when it was asked. */
  readonly paymentId: string | undefined;
}

/** Stock and money are on their way back. */
export interface CompensatingOrder extends Facts {
  readonly state: "compensating";
}

/** Decided: paid, whatever became of it since, or rejected. */
export interface DecidedOrder extends Facts {
  readonly state: Exclude<OrderState, "pending" | "reserved" | "compensating">;
  /** What the client is told, now and again. */
  readonly outcome: StoredResponse;
}

/** An order as the saga sees it: its type says what may be done next. */
export type SagaOrder = PendingOrder | ReservedOrder | CompensatingOrder | DecidedOrder;

/** An order whose payment the provider has left open: the client may go, the order goes on by itself. */
export interface OpenOrder {
  readonly id: string;
  readonly state: "reserved";
  readonly outcome: StoredResponse;
}

/** A reserved or paid order as the API shows it: to the letter the same, from memory or from the database. */
const pricedOrder = (
  { id, currency, totals, lines, shipTo, shipping, createdAt }: ReservedOrder,
  state: "reserved" | "paid",
  paymentId: string,
): Order => ({
  id,
  state,
  currency,
  totals,
  refunded: 0,
  lines: lines.map(({ sku, productId, name, quantity, unitPrice }) => ({
    sku,
    productId,
    name,
    quantity,
    unitPrice,
  })),
  shipTo: {
    name: shipTo.name,
    street: shipTo.street,
    city: shipTo.city,
    postalCode: shipTo.postalCode,
    country: shipTo.country,
  },
  shipping,
  paymentId,
  createdAt: createdAt.toISOString(),
});

/** What a client is told whose order is paid. */
export const acceptance = (order: ReservedOrder, paymentId: string): StoredResponse => ({
  status: 201,
  body: JSON.stringify(pricedOrder(order, "paid", paymentId)),
});

/** The order of a client whose payment is left open, and what they are told meanwhile. */
export const openOrder = (order: ReservedOrder, paymentId: string): OpenOrder => ({
  id: order.id,
  state: "reserved",
  outcome: { status: 202, body: JSON.stringify(pricedOrder(order, "reserved", paymentId)) },
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

/** It costs something else than the buyer has seen. */
export const priceChanged = (quote: Quote): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.priceChanged,
    title: "Price changed",
    detail:
      "It costs something else by now, and nothing was charged; see `quote`, and order again if that is right",
    extensions: { quote },
  });

/** There is no such order, as far as the caller may know. */
export const unknownOrder = (orderId: string): Problem =>
  new Problem({
    status: 404,
    slug: ORDER_PROBLEMS.unknownOrder,
    title: "Unknown order",
    detail: `There is no order ${orderId}, or it is not yours`,
  });

/** The order's state does not allow what is asked for. */
export const illegalMove = (state: OrderState, detail: string): Problem =>
  new Problem({
    status: 409,
    slug: ORDER_PROBLEMS.illegalMove,
    title: "Not possible in this state",
    detail,
    extensions: { state },
  });
