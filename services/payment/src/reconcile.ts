import { type Queryable, statement } from "../../chassis/index.ts";
import type { Till } from "./operations.ts";
import type { Decision, ProviderCharge } from "./provider.ts";
import {
  type Books,
  compare,
  type Difference,
  type OurPayment,
  type OurRefund,
  type ProviderBooks,
} from "./reconciliation.ts";
import { ImpossibleDecisionError, settle } from "./settlement.ts";
import { carryOnAllOperations } from "./unfinished.ts";

/** What a reconciliation came to. */
export interface Reconciliation {
  readonly since: Date;
  /** So many charges and refunds of the provider were looked at. */
  readonly charges: number;
  readonly refunds: number;
  /** Payments that were settled by the provider's word. */
  readonly repaired: number;
  readonly differences: readonly Difference[];
}

/** How a reconciliation is done. */
export interface ReconcileOptions {
  readonly since: Date;
  /** Settles what is open here by the provider's word. */
  readonly repair: boolean;
  /** Traffic that is under way has ended after so many milliseconds. */
  readonly pauseMilliseconds: number;
}

/** The provider may have heard of a payment so much earlier than its own clock says, in milliseconds. */
const MARGIN = 3_600_000;

const PAYMENTS = statement<OurPayment>(
  "reconcile-payments",
  `SELECT p.id, p.state, p.currency, p.amount, p.captured, p.refunded, p.provider_reference, p.created_at,
     coalesce((SELECT sum(amount) FROM ledger_entries e WHERE e.payment_id = p.id AND e.account = 'provider'), 0)::bigint
       AS ledger
   FROM payments p WHERE p.created_at >= $1 OR p.id = ANY ($2::uuid[])`,
);
const REFUNDS = statement<OurRefund>(
  "reconcile-refunds",
  `SELECT transaction_id AS operation_id, currency, sum(amount)::bigint AS amount, min(booked_at) AS booked_at
   FROM ledger_entries WHERE account = 'refunds' AND (booked_at >= $1 OR transaction_id = ANY ($2::uuid[]))
   GROUP BY transaction_id, currency`,
);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Compares the provider's books with ours. What is under way while both are read differs for a moment; so a
 * difference counts only when a second look finds it, too.
 */
export async function reconcile(till: Till, options: ReconcileOptions): Promise<Reconciliation> {
  const first = await look(till, options.since);
  if (first.differences.length === 0) return { ...first, repaired: 0 };
  const repaired = options.repair ? await repair(till, first) : 0;
  await new Promise((resolve) => setTimeout(resolve, options.pauseMilliseconds));
  const second = await look(till, options.since);
  const stays = new Set(first.differences.map(identity));
  return {
    ...second,
    repaired,
    differences: second.differences.filter((found) => stays.has(identity(found))),
  };
}

const identity = ({ what, problem, id }: Difference): string => `${what} ${problem} ${id}`;

interface Look extends Omit<Reconciliation, "repaired"> {
  readonly ours: Books;
  readonly theirs: ProviderBooks;
}

async function look({ database, provider }: Till, since: Date): Promise<Look> {
  const earlier = new Date(since.getTime() - MARGIN);
  // The provider's books first: what it is told of while they are read, ours have as well.
  const theirs = {
    charges: await Array.fromAsync(provider.charges(earlier)),
    refunds: await Array.fromAsync(provider.refunds(earlier)),
  };
  const ours = await readBooks(database, since, theirs);
  const { charges, refunds } = theirs;
  const differences = compare(ours, theirs, since);
  return { since, ours, theirs, charges: charges.length, refunds: refunds.length, differences };
}

async function readBooks(database: Queryable, since: Date, theirs: ProviderBooks): Promise<Books> {
  const ids = theirs.charges.map(({ paymentId }) => paymentId).filter((id) => UUID.test(id));
  const operations = theirs.refunds.map(({ operationId }) => operationId).filter((id) => UUID.test(id));
  return {
    payments: await database.query(PAYMENTS, [since, ids]),
    refunds: await database.query(REFUNDS, [since, operations]),
  };
}

/**
 * Settles payments whose end we do not know by the provider's word, and finishes operations that were begun. Money is
 * booked only where the provider says that it moved for this very payment.
 *
 * @returns How many payments and operations were changed.
 */
async function repair(till: Till, { differences, ours, theirs }: Look): Promise<number> {
  const differing = new Set(differences.filter(({ what }) => what === "charge").map(({ id }) => id));
  const currencies = new Map(ours.payments.map(({ id, currency }) => [id, currency]));
  let repaired = 0;
  for (const charge of theirs.charges) {
    const decision = decisionOf(charge);
    const isOurs = currencies.get(charge.paymentId) === charge.currency;
    if (!isOurs || !differing.has(charge.paymentId) || decision === undefined) continue;
    try {
      const settled = await till.database.transaction((transaction) =>
        settle(transaction, charge.paymentId, decision),
      );
      if (settled !== undefined) repaired += 1;
    } catch (error) {
      // It stays a difference, for people to look at.
      if (!(error instanceof ImpossibleDecisionError)) throw error;
    }
  }
  const { finished } = await carryOnAllOperations(till);
  return repaired + finished;
}

function decisionOf({ state, reference, captured, declineCode }: ProviderCharge): Decision | undefined {
  switch (state) {
    case "processing":
      return undefined;
    case "captured":
      return { outcome: state, reference, amount: captured };
    case "authorised":
      return { outcome: state, reference };
    case "declined":
      return { outcome: state, declineCode: declineCode ?? "unknown" };
    case "cancelled":
      return { outcome: state };
  }
}
