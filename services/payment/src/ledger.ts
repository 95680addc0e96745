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
