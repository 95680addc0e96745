import type { Static } from "typebox";
import { Problem, type Queryable, statement } from "../../chassis/index.ts";
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
  readonly created_at: Date;
  /** When the provider was last asked for the money. */
  readonly asked_at: Date;
}

export const PAYMENT_COLUMNS = `id, order_id, state, currency, amount, captured, refunded, capture_at_once,
  request_hash, provider_reference, decline_code, created_at, asked_at`;

const LOCK = statement<PaymentRow>(
  "payment-lock",
  `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1 FOR UPDATE`,
);

/** A payment that nobody else changes until the transaction ends. */
export const lockPayment = async (transaction: Queryable, id: string): Promise<PaymentRow | undefined> =>
  (await transaction.query(LOCK, [id]))[0];

const MOVE = statement<PaymentRow>(
  "payment-move",
  `UPDATE payments SET state = $3, captured = $4, refunded = $5, provider_reference = coalesce($6, provider_reference),
     decline_code = $7
   WHERE id = $1 AND state = $2 RETURNING ${PAYMENT_COLUMNS}`,
);

/** What of a payment may change. */
export interface PaymentMove extends Pick<PaymentRow, "state" | "captured" | "refunded"> {
  readonly reference?: string;
  readonly declineCode?: string;
}

/** Changes a payment that the transaction has locked. */
export async function movePayment(
  transaction: Queryable,
  { id, state, decline_code }: PaymentRow,
  to: PaymentMove,
): Promise<PaymentRow> {
  const [moved] = await transaction.query(MOVE, [
    id,
    state,
    to.state,
    to.captured,
    to.refunded,
    to.reference ?? null,
    to.declineCode ?? decline_code,
  ]);
  if (moved === undefined) throw new Error(`payment ${id} was changed by somebody who had not locked it`);
  return moved;
}

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

/** The provider refuses to move money of a payment. */
export const refusedByProvider = (code: string): Problem =>
  new Problem({
    status: 409,
    slug: PAYMENT_PROBLEMS.refusedByProvider,
    title: "Refused by the payment provider",
    detail: "The payment provider refuses this, and would again with this key",
    extensions: { providerCode: code },
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
