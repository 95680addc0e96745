import { randomUUIDv7 } from "node:crypto";
import type { Static } from "typebox";
import { type Database, keyReused, requestHash, statement } from "../../chassis/index.ts";
import type { AuthorisationRequest, Payment } from "../../contracts/payment-api.ts";
import { entryColumns } from "./ledger.ts";
import { carryOutReturn, type Till } from "./operations.ts";
import { declined, illegalMove, PAYMENT_COLUMNS, type PaymentRow, showPayment } from "./payment.ts";
import { askProvider, type Decision, isRepeatable } from "./provider.ts";
import { settle, settlement } from "./settlement.ts";

/** Finds the order's payment or makes it, and notes that the provider is asked, in one round trip. */
const OPEN = statement<PaymentRow>(
  "payment-open",
  `WITH opened AS (
     INSERT INTO payments (id, order_id, state, currency, amount, capture_at_once, request_hash)
     VALUES ($1, $2, 'pending', $3, $4, $5, $6)
     ON CONFLICT (order_id) DO UPDATE SET asked_at = clock_timestamp()
     WHERE payments.state = 'pending' AND payments.provider_reference IS NULL
       AND payments.request_hash = EXCLUDED.request_hash
     RETURNING ${PAYMENT_COLUMNS})
   SELECT * FROM opened
   UNION ALL
   SELECT ${PAYMENT_COLUMNS} FROM payments WHERE order_id = $2 AND NOT EXISTS (SELECT FROM opened)`,
);

export const FIND_BY_ORDER = statement<PaymentRow>(
  "payment-by-order",
  `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE order_id = $1`,
);

/** Stores the verdict with its ledger entries, unless another request with the same key was faster. */
const SETTLE = statement<PaymentRow>(
  "payment-settle",
  `WITH settled AS (
     UPDATE payments SET state = $2, captured = $3, provider_reference = $4, decline_code = $5
     WHERE id = $1 AND state = 'pending' RETURNING ${PAYMENT_COLUMNS}),
   booked AS (
     INSERT INTO ledger_entries (transaction_id, payment_id, account, currency, amount)
     SELECT settled.id, settled.id, entry.account, settled.currency, entry.amount
     FROM settled, unnest($6::text[], $7::bigint[]) AS entry (account, amount))
   SELECT * FROM settled`,
);

/** Remembers that the provider decides later. */
const LEAVE_OPEN = statement(
  "payment-leave-open",
  "UPDATE payments SET provider_reference = $2 WHERE id = $1 AND state = 'pending'",
);

/**
 * Asks for an order's money, once. The order id is the key: the same request again gets the same answer, also when
 * an earlier one died half way, and a different one is refused.
 *
 * @returns The payment; a pending one where the provider decides later.
 * @throws {Problem} 402 when the card is declined, 422 when the order was sent with another request, 409 when the
 * order was reversed, 504 when the provider does not answer; the request may then be repeated.
 */
export async function authorise(
  till: Till,
  request: Static<typeof AuthorisationRequest>,
): Promise<Static<typeof Payment>> {
  const { database, provider } = till;
  const { orderId, amount, currency, cardToken, capture } = request;
  const digest = requestHash(request);
  const [opened] = await database.query(OPEN, [randomUUIDv7(), orderId, currency, amount, capture, digest]);
  // A duplicate that was committed after this statement began is not in its snapshot, but in the next one's.
  const payment = opened ?? (await findByOrder(database, orderId));
  if (payment.state === "voided")
    throw illegalMove(`Order ${orderId} was reversed; it cannot be paid any more`);
  if (payment.request_hash !== digest) throw keyReused();
  if (payment.state !== "pending" || payment.provider_reference !== null) return answer(payment);
  if (!isRepeatable(payment.created_at))
    throw illegalMove(`Order ${orderId} was first to be paid too long ago; reverse it`);

  const verdict = await askProvider(till.providerTimeoutMilliseconds, (signal) =>
    provider.authorise({ key: payment.id, amount, currency, cardToken, capture }, signal),
  );
  if (verdict.outcome === "processing") {
    await database.query(LEAVE_OPEN, [payment.id, verdict.reference]);
    return answer(await findByOrder(database, orderId));
  }
  return answer((await settleNow(database, payment, verdict)) ?? (await settleLate(till, payment, verdict)));
}

/**
 * Stores the provider's word where nothing happened meanwhile, in one round trip.
 *
 * @returns undefined where something did.
 */
async function settleNow(
  database: Database,
  payment: PaymentRow,
  decision: Decision,
): Promise<PaymentRow | undefined> {
  const result = settlement(payment, decision);
  if (result === undefined) return undefined;
  const { state, captured, reference = null, declineCode = null, entries } = result;
  const columns = entryColumns(entries);
  const [row] = await database.query(SETTLE, [
    payment.id,
    state,
    captured,
    reference,
    declineCode,
    ...columns,
  ]);
  return row;
}

/** The order was reversed, or a webhook was faster: what the provider took too late is given back. */
async function settleLate(till: Till, { id, order_id }: PaymentRow, decision: Decision): Promise<PaymentRow> {
  const settled = await till.database.transaction((transaction) => settle(transaction, id, decision));
  if (settled?.late) await carryOutReturn(till, id);
  return settled?.payment ?? findByOrder(till.database, order_id);
}

async function findByOrder(database: Database, orderId: string): Promise<PaymentRow> {
  const [payment] = await database.query(FIND_BY_ORDER, [orderId]);
  if (payment === undefined)
    throw new Error(`payment of order ${orderId} vanished; payments are never deleted`);
  return payment;
}

/** The answer to the authorisation, the same whatever happened to the payment since it was decided. */
function answer(payment: PaymentRow): Static<typeof Payment> {
  if (payment.decline_code !== null) throw declined(payment.decline_code);
  if (payment.state === "voided")
    throw illegalMove(`Order ${payment.order_id} was reversed while it was paid`);
  if (payment.state === "pending") return showPayment(payment);
  const captured = payment.capture_at_once ? payment.amount : 0;
  return showPayment({
    ...payment,
    state: payment.capture_at_once ? "captured" : "authorised",
    captured,
    refunded: 0,
  });
}
