import { parseArgs } from "node:util";
import type { Command } from "../../chassis/index.ts";
import { ledgerImbalance } from "./ledger-watch.ts";
import type { paymentSettings } from "./payment-settings.ts";
import { openProvider } from "./providers.ts";
import { type Reconciliation, reconcile } from "./reconcile.ts";
import type { Difference } from "./reconciliation.ts";

/** Statuses that the command ends with, beside that of one that could not run. */
const BALANCED = 0;
const DIFFERENT = 1;
/** What a request under way takes longer than the provider's time limit, in milliseconds. */
const GRACE = 500;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The moment that `--since` names: so long ago, such as `90m`, `24h` or `7d`, or a date such as `2026-01-31`.
 *
 * @throws {Error} when it is neither.
 */
export function parseSince(text: string, now: Date): Date {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  if (count !== undefined && milliseconds !== undefined) {
    return new Date(now.getTime() - Number(count) * milliseconds);
  }
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new Error(`--since ${text} is neither a time such as 90m, 24h or 7d nor a date such as 2026-01-31`);
  }
  return date;
}

/** `reconcile`: compares the provider's books with ours; for people, and for a job that raises an alarm. */
export const reconcileCommand: Command<typeof paymentSettings> = {
  summary: "compares with the provider: --since 24h, --json, --repair; status 1 where the books differ",
  async run({ resources: { database }, settings, print }, args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        since: { type: "string", default: "24h" },
        json: { type: "boolean", default: false },
        repair: { type: "boolean", default: false },
      },
    });
    const till = {
      database,
      provider: openProvider(settings, database),
      providerTimeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
      // The running service's relay publishes what a repair has stored.
      onEvent: () => {},
    };
    const result = await reconcile(till, {
      since: parseSince(values.since, new Date()),
      repair: values.repair,
      pauseMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS + GRACE,
    });
    const imbalance = await ledgerImbalance(database);
    print(values.json ? toJson(result, imbalance) : toTable(result, imbalance));
    return result.differences.length > 0 || imbalance !== 0 ? DIFFERENT : BALANCED;
  },
};

function toJson(
  { since, charges, refunds, repaired, differences }: Reconciliation,
  imbalance: number,
): string {
  return JSON.stringify({ since, charges, refunds, repaired, ledgerImbalance: imbalance, differences });
}

/** The result for people: one line a difference, and what was looked at. */
export function toTable(result: Reconciliation, imbalance: number): string {
  const { since, charges, refunds, repaired, differences } = result;
  const head = { what: "what", problem: "problem", id: "id", ours: "ours", theirs: "theirs" };
  const columns = [
    "what",
    "problem",
    "id",
    "ours",
    "theirs",
  ] as const satisfies readonly (keyof Difference)[];
  const rows = differences.length > 0 ? [head, ...differences] : [];
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    columns
      .map((column, index) => row[column].padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [
    ...lines,
    `${charges} charges and ${refunds} refunds of the provider since ${since.toISOString()}: ${
      differences.length === 0 ? "the books agree" : `differences: ${differences.length}`
    }`,
    ...(repaired > 0 ? [`${repaired} repaired`] : []),
    ...(imbalance === 0 ? [] : [`the ledger does not balance: ${imbalance}`]),
  ].join("\n");
}
