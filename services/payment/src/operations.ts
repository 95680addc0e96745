import { randomUUIDv7 } from "node:crypto";
import type { Static } from "typebox";
import { keyReused, type Queryable, requestHash, statement } from "../../chassis/index.ts";
import type { Payment } from "../../contracts/payment-api.ts";
import type { Till } from "./authorise.ts";
import { captureEntries, type Entry, entryColumns, refundEntries } from "./ledger.ts";
import {
  illegalMove,
  PAYMENT_COLUMNS,
  type PaymentRow,
  type PaymentState,
  showPayment,
  unknownPayment,
} from "./payment.ts";
import { askProvider, type PaymentProvider } from "./provider.ts";

export type OperationKind = "capture" | "void" | "refund" | "reversal";

/** Something to be done with a payment that exists. */
export interface OperationRequest {
  readonly kind: OperationKind;
  readonly paymentId: string;
  readonly idempotencyKey: string;
  /** Minor units; all that is left where it is not said. A void has none, a reversal moves all that is left. */
  readonly amount?: number | undefined;
}

/** Operations that are planned and not yet done. */
interface Pending {
  /** Money that they move. */
  readonly moving: number;
  /** How many of them end a hold or the whole payment: at most one. */
  readonly ending: number;
}

interface OperationRow {
  readonly id: string;
  readonly amount: number;
  readonly request_hash: string;
  readonly response: string | null;
}

const LOCK = statement<PaymentRow>(
  "payment-lock",
  `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1 FOR UPDATE`,
);
const FIND = statement<OperationRow>(
  "operation-find",
  `SELECT id, amount, request_hash, response FROM payment_operations
   WHERE payment_id = $1 AND idempotency_key = $2`,
);
const PENDING = statement<Pending>(
  "operation-pending",
  `SELECT coalesce(sum(amount), 0)::bigint AS moving, count(*) FILTER (WHERE kind <> 'refund') AS ending
   FROM payment_operations WHERE payment_id = $1 AND response IS NULL`,
);
const PLAN = statement(
  "operation-plan",
  `INSERT INTO payment_operations (id, payment_id, kind, idempotency_key, request_hash, amount)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const MOVE = statement<PaymentRow>(
  "payment-move",
  `UPDATE payments SET state = $2, captured = $3, refunded = $4 WHERE id = $1 RETURNING ${PAYMENT_COLUMNS}`,
);
const BOOK = statement(
  "ledger-book",
  `INSERT INTO ledger_entries (transaction_id, payment_id, account, currency, amount)
   SELECT $1, $2, entry.account, $3, entry.amount
   FROM unnest($4::text[], $5::bigint[]) AS entry (account, amount)`,
);
const ANSWER = statement("operation-answer", "UPDATE payment_operations SET response = $2 WHERE id = $1");

/**
 * Captures, voids or refunds a payment, once a key. The plan is stored before the provider is asked and the result
 * after it, with the ledger entries: a repetition after a crash in between goes on from the plan.
 *
 * @throws {Problem} 404 for an unknown payment, 409 when its state or the money left does not allow it, 422 when
 * the key was used with another request, 504 when the provider does not answer.
 */
export async function operate(till: Till, request: OperationRequest): Promise<Static<typeof Payment>> {
  const { database } = till;
  const digest = requestHash({ kind: request.kind, amount: request.amount });
  const { payment, operation } = await database.transaction(async (transaction) => {
    const payment = await lock(transaction, request.paymentId);
    const [known] = await transaction.query(FIND, [payment.id, request.idempotencyKey]);
    if (known !== undefined && known.request_hash !== digest) throw keyReused();
    return { payment, operation: known ?? (await plan(transaction, payment, request, digest)) };
  });
  if (operation.response !== null) return JSON.parse(operation.response);

  await askProvider(till.providerTimeoutMilliseconds, (signal) =>
    move(till.provider, payment, request.kind, operation, signal),
  );
  return database.transaction(async (transaction) => {
    const current = await lock(transaction, request.paymentId);
    const [known] = await transaction.query(FIND, [current.id, request.idempotencyKey]);
    if (known?.response != null) return JSON.parse(known.response);
    const result = applied(current, request.kind, operation.amount);
    const [moved] = await transaction.query(MOVE, [
      current.id,
      result.state,
      result.captured,
      result.refunded,
    ]);
    if (moved === undefined) throw unknownPayment(request.paymentId);
    if (result.entries.length > 0) {
      await transaction.query(BOOK, [
        operation.id,
        moved.id,
        moved.currency,
        ...entryColumns(result.entries),
      ]);
    }
    const shown = showPayment(moved);
    await transaction.query(ANSWER, [operation.id, JSON.stringify(shown)]);
    return shown;
  });
}

async function lock(transaction: Queryable, id: string): Promise<PaymentRow> {
  const [payment] = await transaction.query(LOCK, [id]);
  if (payment === undefined) throw unknownPayment(id);
  return payment;
}

async function plan(
  transaction: Queryable,
  payment: PaymentRow,
  { kind, amount: asked, idempotencyKey }: OperationRequest,
  digest: string,
): Promise<OperationRow> {
  const [pending] = await transaction.query(PENDING, [payment.id]);
  const left = available(payment, kind, pending ?? { moving: 0, ending: 0 });
  const amount = asked ?? left;
  if (amount > left || (amount === 0 && (kind === "capture" || kind === "refund"))) {
    throw illegalMove(`Payment ${payment.id} has ${left} left to ${kind}, not ${asked ?? "anything"}`);
  }
  const id = randomUUIDv7();
  await transaction.query(PLAN, [id, payment.id, kind, idempotencyKey, digest, amount]);
  return { id, amount, request_hash: digest, response: null };
}

function move(
  provider: PaymentProvider,
  payment: PaymentRow,
  kind: OperationKind,
  { id: key, amount }: OperationRow,
  signal: AbortSignal,
): Promise<void> {
  const reference = payment.provider_reference ?? "";
  if (kind === "capture") return provider.capture({ key, reference, amount }, signal);
  if (amount > 0) return provider.refund({ key, reference, amount }, signal);
  return provider.cancel({ authorisationKey: payment.id }, signal);
}

/** The states in which each operation may be asked for. */
const ALLOWED: Readonly<Record<OperationKind, readonly PaymentState[]>> = {
  capture: ["authorised"],
  void: ["authorised"],
  refund: ["captured"],
  reversal: ["pending", "authorised", "captured"],
};

/**
 * How much money an operation may move: what is held or was taken, less what other operations are moving now.
 *
 * @throws {Problem} 409 when the payment's state, or an operation under way, does not allow this one.
 */
export function available(
  payment: Pick<PaymentRow, "id" | "state" | "amount" | "captured" | "refunded">,
  kind: OperationKind,
  pending: Pending,
): number {
  if (!ALLOWED[kind].includes(payment.state)) {
    throw illegalMove(
      `Payment ${payment.id} is ${payment.state}; ${kind} needs ${ALLOWED[kind].join(" or ")}`,
    );
  }
  if (pending.ending > 0) throw illegalMove(`Payment ${payment.id} is being ended by another request`);
  if (kind === "capture") return payment.amount;
  return payment.captured - payment.refunded - pending.moving;
}

interface Result {
  readonly state: PaymentState;
  readonly captured: number;
  readonly refunded: number;
  readonly entries: readonly Entry[];
}

/** What a payment is after an operation, and what it moves in the ledger. */
export function applied(
  { captured, refunded }: Pick<PaymentRow, "captured" | "refunded">,
  kind: OperationKind,
  amount: number,
): Result {
  if (kind === "capture")
    return { state: "captured", captured: amount, refunded, entries: captureEntries(amount) };
  // Money that was taken while a reversal asked the provider to cancel everything was given back by it.
  const returned = kind === "reversal" ? captured - refunded : amount;
  if (returned === 0) return { state: "voided", captured, refunded, entries: [] };
  const total = refunded + returned;
  const state = total === captured ? "refunded" : "captured";
  return { state, captured, refunded: total, entries: refundEntries(returned) };
}
