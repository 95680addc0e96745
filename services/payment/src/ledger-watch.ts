import { type Database, type ServiceContext, statement } from "../../chassis/index.ts";

/** Entries this old are added to the checkpoint; no transaction is under way for that long. */
const CHECKPOINT_AGE = "5 minutes";
/** The checkpoint follows the ledger this often, in milliseconds. */
const INTERVAL = 60_000;

const ADVANCE = statement<{ advance_ledger_checkpoint: number }>(
  "ledger-checkpoint",
  "SELECT advance_ledger_checkpoint($1::interval)",
);
const IMBALANCE = statement<{ amount: number }>(
  "ledger-imbalance",
  `SELECT coalesce(max(abs(total)), 0)::float8 AS amount
   FROM (SELECT sum(amount) AS total FROM ledger_balances GROUP BY currency) AS currencies`,
);

/** By how much the accounts of the worst currency do not add up to 0, in minor units. */
export const ledgerImbalance = async (database: Database): Promise<number> =>
  (await database.query(IMBALANCE))[0]?.amount ?? Number.NaN;

/** Adds entries of a certain age to the checkpoint, so that balances stay cheap to read however long the ledger is. */
export const advanceCheckpoint = async (database: Database, age: string): Promise<void> => {
  await database.query(ADVANCE, [age]);
};

/** Shows whether the books are even, to whoever reads the metrics. */
export function watchLedger({
  database,
  metrics,
  background,
}: Pick<ServiceContext, "database" | "metrics" | "background">): void {
  metrics.gauge(
    "ledger_imbalance",
    "What the ledger's accounts do not add up to 0 by; anything but 0 is wrong",
    () => ledgerImbalance(database).catch(() => Number.NaN),
  );
  background("ledger checkpoint", INTERVAL, async () => {
    await advanceCheckpoint(database, CHECKPOINT_AGE);
    return false;
  });
}
