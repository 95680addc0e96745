import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { Counter } from "../test/counter.ts";
import { advanceCheckpoint, ledgerImbalance } from "./ledger-watch.ts";

let counter: Counter;

beforeAll(async () => {
  counter = await Counter.open();
});
afterAll(() => counter?.close());

const BALANCES = statement<{ account: string; currency: string; amount: string }>(
  "test-balances",
  "SELECT account, currency, amount FROM ledger_balances ORDER BY currency, account",
);
const SUMS = statement<{ account: string; currency: string; amount: string }>(
  "test-sums",
  `SELECT account, currency, sum(amount) AS amount FROM ledger_entries
   GROUP BY account, currency ORDER BY currency, account`,
);
const BEHIND = statement<{ entries: number }>(
  "test-behind",
  "SELECT count(*)::int AS entries FROM ledger_entries WHERE id > (SELECT through_id FROM ledger_checkpoint)",
);

test("balances are those of the whole ledger, however much of it the checkpoint has", async () => {
  const { database } = counter.database;
  for (const currency of ["EUR", "USD", "EUR"]) {
    const { body } = await counter.authorise({ currency });
    await counter.post(`/payments/${body.paymentId}/refunds`, { amount: 300 }, "refund-01");
    await Promise.all([1, 2, 3].map(() => advanceCheckpoint(database, "0 seconds")));
    await counter.authorise({ currency });
    expect(await database.query(BALANCES)).toEqual(await database.query(SUMS));
    expect(await ledgerImbalance(database)).toBe(0);
  }
  expect(await database.query(BEHIND)).toEqual([{ entries: 2 }]);
  // Young entries are left out: a transaction that began before them may still be under way.
  await advanceCheckpoint(database, "1 hour");
  expect(await database.query(BEHIND)).toEqual([{ entries: 2 }]);
});
