import { once } from "node:events";
import { type Database, statement } from "../../../chassis/index.ts";
import {
  type PaymentProvider,
  ProviderAwayError,
  type ProviderCharge,
  type ProviderRefund,
  RefusedByProviderError,
  type Transfer,
} from "../provider.ts";
import { cardOf } from "./cards.ts";
import {
  CHANGE_CHARGE,
  CHARGE,
  type ChargeRow,
  FIND_CHARGE,
  keyOf,
  LIST_CHARGES,
  LOCK_CHARGE,
  referenceOf,
  verdictOf,
} from "./charges.ts";
import { planWebhook, readEvent, SIGNATURE_HEADER } from "./webhook-events.ts";

/** What the test provider is made of. */
export interface TestProviderOptions {
  readonly database: Database;
  /** Signs its webhooks. */
  readonly webhookSecret: string;
  /** Its late decisions come after so many milliseconds. */
  readonly delayMilliseconds: number;
}

interface TransferRow {
  readonly key: string;
  readonly amount: number;
  readonly done: boolean;
}

const FIND_TRANSFER = statement<TransferRow>(
  "test-provider-transfer",
  "SELECT key, amount, done FROM test_provider.transfers WHERE key = $1",
);
const STORE_TRANSFER = statement(
  "test-provider-store-transfer",
  `INSERT INTO test_provider.transfers (key, charge_key, kind, amount, done) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (key) DO UPDATE SET done = EXCLUDED.done`,
);
interface RefundRow {
  readonly key: string;
  readonly currency: string;
  readonly amount: number;
  readonly created_at: Date;
}
const LIST_REFUNDS = statement<RefundRow>(
  "test-provider-refunds",
  `SELECT t.key, c.currency, t.amount, t.created_at
   FROM test_provider.transfers t JOIN test_provider.charges c ON c.key = t.charge_key
   WHERE t.kind = 'refund' AND t.done AND t.created_at >= $1 AND t.key > $2
   ORDER BY t.key LIMIT 500`,
);

/**
 * A provider for development and tests that moves no money. It remembers what it was asked for, in tables of its own
 * in the payment database, and what it says depends on the card token alone (see `cards.ts`).
 */
export function createTestProvider(options: TestProviderOptions): PaymentProvider {
  const { database, webhookSecret, delayMilliseconds } = options;

  const transfer = async (
    kind: "capture" | "refund",
    { key, reference, amount }: Transfer,
  ): Promise<void> => {
    const failed = await database.transaction(async (transaction) => {
      const [charge] = await transaction.query(LOCK_CHARGE, [keyOf(reference)]);
      if (charge === undefined) throw new RefusedByProviderError("no_such_charge");
      const [known] = await transaction.query(FIND_TRANSFER, [key]);
      if (known?.done) {
        if (known.amount !== amount) throw new RefusedByProviderError("idempotency_key_reused");
        return false;
      }
      const { refunds } = cardOf(charge.card_token);
      if (kind === "refund" && refunds === "refused") throw new RefusedByProviderError("refund_not_allowed");
      const done = !(kind === "refund" && refunds === "fail once" && known === undefined);
      if (done) await transaction.query(CHANGE_CHARGE, moved(charge, kind, amount));
      await transaction.query(STORE_TRANSFER, [key, charge.key, kind, amount, done]);
      return !done;
    });
    if (failed) throw new ProviderAwayError("the test provider fails the first time");
  };

  return {
    name: "test",
    webhooks: { signatureHeader: SIGNATURE_HEADER, secret: webhookSecret, read: readEvent },

    async authorise({ key, amount, currency, cardToken, capture }, signal) {
      const card = cardOf(cardToken);
      if (card.lost === "before") return neverAnswer(signal);
      const yes = capture ? "captured" : "authorised";
      const state = card.late ? "processing" : card.declineCode === undefined ? yes : "declined";
      const captured = state === "captured" ? amount : 0;
      const declineCode = (state === "declined" ? card.declineCode : undefined) ?? null;
      const values = [key, state, currency, amount, captured, declineCode, cardToken, capture];
      const tellsLater = card.late || card.lost === "after";
      const [charged] = tellsLater
        ? await database.transaction(async (transaction) => {
            const made = await transaction.query(CHARGE, values);
            if (made.length > 0) await planWebhook(transaction, key, card, delayMilliseconds);
            return made;
          })
        : await database.query(CHARGE, values);
      if (charged !== undefined) {
        if (card.lost === "after") return neverAnswer(signal);
        return verdictOf({ key, state, captured, decline_code: declineCode });
      }
      const [known] = await database.query(FIND_CHARGE, [key]);
      if (known === undefined) throw new ProviderAwayError("the test provider lost a charge");
      return verdictOf(known);
    },

    capture: (request) => transfer("capture", request),
    refund: (request) => transfer("refund", request),

    cancel: ({ key, paymentId }) =>
      database.transaction(async (transaction) => {
        const [charge] = await transaction.query(LOCK_CHARGE, [paymentId]);
        if (charge === undefined) return { taken: 0, undecided: false };
        if (charge.state === "processing") return { taken: 0, undecided: true };
        const left = charge.captured - charge.refunded;
        if (charge.state === "authorised") {
          await transaction.query(CHANGE_CHARGE, [charge.key, "cancelled", 0, 0, null]);
        } else if (left > 0) {
          await transaction.query(CHANGE_CHARGE, moved(charge, "refund", left));
          await transaction.query(STORE_TRANSFER, [key, charge.key, "refund", left, true]);
        }
        return { taken: charge.captured, undecided: false };
      }),

    async *charges(since) {
      for await (const row of pages((key) => database.query(LIST_CHARGES, [since, key]))) {
        yield showCharge(row);
      }
    },
    async *refunds(since) {
      for await (const row of pages((key) => database.query(LIST_REFUNDS, [since, key]))) {
        yield showRefund(row);
      }
    },
  };
}

/** A charge after money of it was moved, as values of {@link CHANGE_CHARGE}. */
function moved(charge: ChargeRow, kind: "capture" | "refund", amount: number): readonly unknown[] {
  const { key, state, captured, refunded } = charge;
  if (kind === "capture") {
    if (state !== "authorised" || amount > charge.amount) throw new RefusedByProviderError("charge_not_held");
    return [key, "captured", amount, refunded, null];
  }
  if (amount > captured - refunded) throw new RefusedByProviderError("charge_already_refunded");
  return [key, state, captured, refunded + amount, null];
}

/** Reads rows page by page, in the order of their keys. */
async function* pages<Row extends { readonly key: string }>(
  after: (key: string) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let rows = await after(""); ; rows = await after(rows.at(-1)?.key ?? "")) {
    if (rows.length === 0) return;
    yield* rows;
  }
}

const showCharge = (row: ChargeRow): ProviderCharge => ({
  paymentId: row.key,
  reference: referenceOf(row.key),
  state: row.state,
  declineCode: row.decline_code ?? undefined,
  currency: row.currency,
  amount: row.amount,
  captured: row.captured,
  refunded: row.refunded,
  createdAt: row.created_at,
});

const showRefund = (row: RefundRow): ProviderRefund => ({
  operationId: row.key,
  currency: row.currency,
  amount: row.amount,
  createdAt: row.created_at,
});

async function neverAnswer(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, "abort");
  throw signal.reason;
}
