import { randomUUIDv7 } from "node:crypto";
import {
  type Database,
  keyReused,
  type Problem,
  type Queryable,
  requestHash,
  type StoredResponse,
  statement,
} from "../../chassis/index.ts";
import { bookEntries } from "./ledger.ts";
import { applied, available, type OperationKind, type Pending, type Result } from "./operation-rules.ts";
import {
  illegalMove,
  lockPayment,
  movePayment,
  PAYMENT_COLUMNS,
  type PaymentRow,
  refusedByProvider,
  showPayment,
  unknownPayment,
} from "./payment.ts";
import {
  askProvider,
  isRepeatable,
  type PaymentProvider,
  ProviderAwayError,
  RefusedByProviderError,
} from "./provider.ts";

/** What payments are made with. */
export interface Till {
  readonly database: Database;
  readonly provider: PaymentProvider;
  /** The provider has this long to answer. */
  readonly providerTimeoutMilliseconds: number;
  /** Called when an event was stored. */
  readonly onEvent: () => void;
}

/** Something to be done with a payment that exists. */
export interface OperationRequest {
  readonly kind: OperationKind;
  readonly paymentId: string;
  readonly idempotencyKey: string;
  /** Minor units; all that is left where it is not said. A void has none, a reversal moves all that is left. */
  readonly amount?: number | undefined;
}

/** An operation as it was planned. */
export interface OperationRow {
  readonly id: string;
  readonly payment_id: string;
  readonly kind: OperationKind;
  readonly amount: number;
  readonly request_hash: string;
  readonly status: number | null;
  readonly response: string | null;
  readonly created_at: Date;
}

export const OPERATION_COLUMNS = "id, payment_id, kind, amount, request_hash, status, response, created_at";
const FIND_PAYMENT = statement<PaymentRow>(
  "payment-of-operation",
  `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1`,
);
const FIND = statement<OperationRow>(
  "operation-find",
  `SELECT ${OPERATION_COLUMNS} FROM payment_operations WHERE payment_id = $1 AND idempotency_key = $2`,
);
const RESPONSE = statement<Pick<OperationRow, "status" | "response">>(
  "operation-response",
  "SELECT status, response FROM payment_operations WHERE id = $1",
);
const PENDING = statement<Pending>(
  "operation-pending",
  `SELECT coalesce(sum(amount), 0)::bigint AS moving, count(*) FILTER (WHERE kind <> 'refund') AS ending
   FROM payment_operations WHERE payment_id = $1 AND response IS NULL`,
);
const PLAN = statement(
  "operation-plan",
  `INSERT INTO payment_operations (id, payment_id, kind, idempotency_key, request_hash, amount)
   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (payment_id, idempotency_key) DO NOTHING`,
);
const ANSWER = statement(
  "operation-answer",
  "UPDATE payment_operations SET status = $2, response = $3 WHERE id = $1 AND response IS NULL",
);
/** The one return of a payment. Keys of the service itself are too short to be a client's. */
const RETURN_KEY = "return";
/** How often the provider is asked anew because money was taken while it was asked. */
const MAX_ROUNDS = 3;

/**
 * Captures, voids, refunds or reverses a payment, once a key. The plan is stored before the provider is asked and
 * the result after it, with the ledger entries: a repetition after a crash in between goes on from the plan.
 *
 * @returns The answer, which is the same each time; also the provider's refusal.
 * @throws {Problem} 404 for an unknown payment, 409 when its state or the money left does not allow it, 422 when
 * the key was used with another request, 504 when the provider does not answer.
 */
export async function operate(till: Till, request: OperationRequest): Promise<StoredResponse> {
  const digest = requestHash({ kind: request.kind, amount: request.amount });
  const operation = await till.database.transaction(async (transaction) => {
    const payment = await lock(transaction, request.paymentId);
    const [known] = await transaction.query(FIND, [payment.id, request.idempotencyKey]);
    if (known !== undefined && known.request_hash !== digest) throw keyReused();
    return known ?? (await plan(transaction, payment, request, digest));
  });
  return answerOf(operation) ?? carryOut(till, operation);
}

/** Plans to give back what the provider took, or holds, of a payment that was voided before; once. */
export const planReturn = async (
  transaction: Queryable,
  paymentId: string,
  amount: number,
): Promise<void> => {
  const digest = requestHash({ kind: "return" });
  await transaction.query(PLAN, [randomUUIDv7(), paymentId, "return", RETURN_KEY, digest, amount]);
};

/** Carries out the return that was planned for a payment, if any. */
export async function carryOutReturn(till: Till, paymentId: string): Promise<void> {
  const [operation] = await till.database.query(FIND, [paymentId, RETURN_KEY]);
  if (operation !== undefined && operation.response === null) await carryOut(till, operation);
}

const lock = async (transaction: Queryable, id: string): Promise<PaymentRow> => {
  const payment = await lockPayment(transaction, id);
  if (payment === undefined) throw unknownPayment(id);
  return payment;
};

const answerOf = ({ status, response }: Pick<OperationRow, "status" | "response">) =>
  status === null || response === null ? undefined : { status, body: response };

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
  return {
    id,
    payment_id: payment.id,
    kind,
    amount,
    request_hash: digest,
    status: null,
    response: null,
    created_at: new Date(),
  };
}

/** Asks the provider for what was planned, and stores what came of it. */
export async function carryOut(till: Till, operation: OperationRow): Promise<StoredResponse> {
  const { database, provider } = till;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const [payment] = await database.query(FIND_PAYMENT, [operation.payment_id]);
    if (payment === undefined) throw unknownPayment(operation.payment_id);
    const outcome = await askProvider(till.providerTimeoutMilliseconds, (signal) =>
      move(provider, payment, operation, signal).catch(refusal(operation)),
    );
    const answer = await finish(database, operation, outcome);
    if (answer !== undefined) return answer;
  }
  throw illegalMove(`Payment ${operation.payment_id} is still being decided; repeat the request`);
}

/** What was moved, or why the provider refuses to move anything. */
type Outcome = { readonly moved: number } | { readonly refused: Problem };

async function move(
  provider: PaymentProvider,
  payment: PaymentRow,
  { id: key, kind, amount, created_at }: OperationRow,
  signal: AbortSignal,
): Promise<Outcome> {
  const { id: paymentId, provider_reference, captured, refunded } = payment;
  const reference = provider_reference ?? undefined;
  const forgotten = !isRepeatable(created_at);
  // What is to leave nothing taken needs no memory of the provider's: it looks how much there is to give back.
  const clears = kind === "return" || (kind === "reversal" && forgotten);
  if (reference !== undefined && !clears && amount > 0) {
    await provider[kind === "capture" ? "capture" : "refund"]({ key, reference, amount, forgotten }, signal);
    return { moved: amount };
  }
  const asked = { first: payment.created_at, last: payment.asked_at };
  const { taken } = await provider.cancel({ key, paymentId, reference, asked }, signal);
  return { moved: kind === "reversal" && captured > 0 ? captured - refunded : taken };
}

/** What must leave nothing taken is never given up: it is tried again until the provider does it. */
const refusal =
  ({ kind }: OperationRow) =>
  (error: unknown): Outcome => {
    if (!(error instanceof RefusedByProviderError)) throw error;
    if (kind === "reversal" || kind === "return")
      throw new ProviderAwayError(error.message, { cause: error });
    return { refused: refusedByProvider(error.code) };
  };

/** @returns undefined where the provider must be asked again. */
function finish(
  database: Database,
  operation: OperationRow,
  outcome: Outcome,
): Promise<StoredResponse | undefined> {
  return database.transaction(async (transaction) => {
    const current = await lock(transaction, operation.payment_id);
    const [known] = await transaction.query(RESPONSE, [operation.id]);
    const before = known && answerOf(known);
    if (before !== undefined) return before;
    let answer: StoredResponse;
    if ("refused" in outcome) {
      answer = { status: outcome.refused.status, body: JSON.stringify(outcome.refused) };
    } else {
      const result = applied(current, operation.kind, outcome.moved);
      if (result === undefined) return undefined;
      const moved = isNews(current, result) ? await movePayment(transaction, current, result) : current;
      await bookEntries(transaction, operation.id, moved, result.entries);
      answer = { status: 201, body: JSON.stringify(showPayment(moved)) };
    }
    await transaction.query(ANSWER, [operation.id, answer.status, answer.body]);
    return answer;
  });
}

/** A reversal may find that the card was declined meanwhile, so that there is nothing to do. */
const isNews = (current: PaymentRow, { state, captured, refunded }: Result): boolean =>
  current.state !== state || current.captured !== captured || current.refunded !== refunded;
