import { type Database, statement } from "../../chassis/index.ts";
import { type AttemptUnit, countAttempt } from "./attempt-policy.ts";
import { forgetting } from "./forgetting.ts";

const ADD = statement(
  "attempts-add",
  "INSERT INTO login_attempts (unit) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING",
);
const LOCK = statement<{
  unit: string;
  level: number;
  counted_at: number;
  blocked_until: number;
  now: number;
}>(
  "attempts-lock",
  `SELECT unit, level, extract(epoch FROM counted_at)::float8 * 1000 AS counted_at,
     greatest(0, extract(epoch FROM blocked_until))::float8 * 1000 AS blocked_until,
     extract(epoch FROM clock_timestamp())::float8 * 1000 AS now
   FROM login_attempts WHERE unit = ANY ($1) ORDER BY unit FOR UPDATE`,
);
const COUNT = statement(
  "attempts-count",
  `UPDATE login_attempts SET level = $2, counted_at = to_timestamp($3::float8 / 1000),
     blocked_until = to_timestamp($4::float8 / 1000) WHERE unit = $1`,
);
const REFUND = statement(
  "attempts-refund",
  `UPDATE login_attempts SET level = greatest(0, level - 1), blocked_until = '-infinity' WHERE unit = ANY ($1)`,
);
const CLEAR = statement("attempts-clear", "DELETE FROM login_attempts WHERE unit = ANY ($1)");
const names = (units: readonly AttemptUnit[]): string[] => units.map(({ unit }) => unit);

/** Counts attempts in the database, for as long as Redis cannot. */
export class DatabaseAttempts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Counts one attempt of all units; answers 0, or the milliseconds to wait, where nothing is counted. */
  take(units: readonly AttemptUnit[]): Promise<number> {
    return this.#database.transaction(async (transaction) => {
      await transaction.query(ADD, [names(units)]);
      const rows = await transaction.query(LOCK, [names(units)]);
      const wait = Math.max(0, ...rows.map((row) => row.blocked_until - row.now));
      if (wait > 0) return Math.ceil(wait);
      for (const row of rows) {
        const policy = units.find(({ unit }) => unit === row.unit)?.policy;
        if (policy === undefined) continue;
        const count = { level: row.level, countedAt: row.counted_at, blockedUntil: row.blocked_until };
        const next = countAttempt(count, policy, row.now);
        await transaction.query(COUNT, [row.unit, next.level, next.countedAt, next.blockedUntil]);
      }
      return 0;
    });
  }

  /** Takes one attempt of each unit back. */
  async refund(units: readonly AttemptUnit[]): Promise<void> {
    await this.#database.query(REFUND, [names(units)]);
  }

  /** Forgets units. */
  async clear(units: readonly AttemptUnit[]): Promise<void> {
    await this.#database.query(CLEAR, [names(units)]);
  }
}

/** Removes counts that no longer matter. */
export const forgetOldAttempts = forgetting("login_attempts", "counted_at < now() - interval '1 day'");
