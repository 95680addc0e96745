import type { Static } from "typebox";
import { type Queryable, statement } from "../../chassis/index.ts";
import type { LedgerEntries } from "../../contracts/payment-api.ts";
import type { PaymentRow } from "./payment.ts";

/** Where money is: with the provider, earned by sales, or given back. */
export type Account = "provider" | "sales" | "refunds";

/** One side of a booking, in minor units: debits are positive, credits negative. */
export interface Entry {
  readonly account: Account;
  readonly amount: number;
}

/**
 * The entries of captured money: the provider owes it to us, and it was earned. A hold moves no money, so it is
 * not in the ledger.
 */
export const captureEntries = (amount: number): Entry[] => [
  { account: "provider", amount },
  { account: "sales", amount: -amount },
];

/** The entries of money that was given back. */
export const refundEntries = (amount: number): Entry[] => [
  { account: "refunds", amount },
  { account: "provider", amount: -amount },
];

/** Entries as the two arrays that `unnest` makes rows of. */
export const entryColumns = (entries: readonly Entry[]): [accounts: Account[], amounts: number[]] => [
  entries.map(({ account }) => account),
  entries.map(({ amount }) => amount),
];

const BOOK = statement(
  "ledger-book",
  `INSERT INTO ledger_entries (transaction_id, payment_id, account, currency, amount)
   SELECT $1, $2, entry.account, $3, entry.amount
   FROM unnest($4::text[], $5::bigint[]) AS entry (account, amount)`,
);

/** Books entries that sum to zero under one transaction id; none where no money moved. */
export async function bookEntries(
  transaction: Queryable,
  transactionId: string,
  { id, currency }: Pick<PaymentRow, "id" | "currency">,
  entries: readonly Entry[],
): Promise<void> {
  if (entries.length === 0) return;
  await transaction.query(BOOK, [transactionId, id, currency, ...entryColumns(entries)]);
}

interface EntryRow {
  readonly transaction_id: string;
  readonly account: Account;
  readonly currency: string;
  readonly amount: number;
  readonly booked_at: Date;
}

const ENTRIES = statement<EntryRow>(
  "ledger-entries",
  `SELECT transaction_id, account, currency, amount, booked_at FROM ledger_entries
   WHERE payment_id = $1 ORDER BY id LIMIT 1000`,
);

/** What was booked for a payment, in order. */
export const entriesOf = async (
  database: Queryable,
  paymentId: string,
): Promise<Static<typeof LedgerEntries>["entries"]> =>
  (await database.query(ENTRIES, [paymentId])).map((row) => ({
    transactionId: row.transaction_id,
    account: row.account,
    currency: row.currency,
    amount: row.amount,
    bookedAt: row.booked_at.toISOString(),
  }));
