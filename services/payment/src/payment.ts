import type { Static } from "typebox";
import { Problem } from "../../chassis/index.ts";
import { PAYMENT_PROBLEMS, type PAYMENT_STATES, type Payment } from "../../contracts/payment-api.ts";

export type PaymentState = (typeof PAYMENT_STATES)[number];

/** A payment as the database keeps it. */
export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly state: PaymentState;
  readonly currency: string;
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
  readonly capture_at_once: boolean;
  readonly request_hash: string;
  readonly provider_reference: string | null;
  readonly decline_code: string | null;
}

export const PAYMENT_COLUMNS = `id, order_id, state, currency, amount, captured, refunded, capture_at_once,
  request_hash, provider_reference, decline_code`;

/** A payment as the API shows it. */
export const showPayment = (row: PaymentRow): Static<typeof Payment> => ({
  paymentId: row.id,
  orderId: row.order_id,
  state: row.state,
  currency: row.currency,
  amount: row.amount,
  captured: row.captured,
  refunded: row.refunded,
});

/** The provider refused the card. */
export const declined = (declineCode: string): Problem =>
  new Problem({
    status: 402,
    slug: PAYMENT_PROBLEMS.declined,
    title: "Payment declined",
    detail: "The card was declined; use another card",
    extensions: { declineCode },
  });

/** The payment does not allow what was asked for. */
export const illegalMove = (detail: string): Problem =>
  new Problem({ status: 409, slug: PAYMENT_PROBLEMS.illegalMove, title: "Illegal payment move", detail });

/** There is no payment with this id. */
export const unknownPayment = (id: string): Problem =>
  new Problem({
    status: 404,
    slug: PAYMENT_PROBLEMS.unknownPayment,
    title: "Unknown payment",
    detail: `There is no payment ${id}`,
  });
