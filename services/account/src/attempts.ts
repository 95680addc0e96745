import { BestEffort } from "../../chassis/best-effort.ts";
import type { Database, Redis } from "../../chassis/index.ts";
import type { AttemptUnit } from "./attempt-policy.ts";
import { DatabaseAttempts } from "./database-attempts.ts";
import { tooManyAttempts } from "./problems.ts";
import { RedisAttempts } from "./redis-attempts.ts";

/** Redis answers within a millisecond; this is long, as whoever makes it seem away gets the free attempts once more. */
const DEADLINE_MS = 1000;

/**
 * Slows down whoever guesses passwords. An attempt is counted before the password is looked at and taken back when
 * it was right, so that many at the same moment are not all free.
 *
 * Counts are in Redis, and in the database while Redis is away: attempts are never unlimited. Both begin at zero, so
 * an outage gives an attacker the free attempts once more.
 */
export class Attempts {
  readonly #redis: RedisAttempts;
  readonly #database: DatabaseAttempts;
  readonly #bestEffort: BestEffort;

  constructor(redis: Redis, database: Database, onFallback: () => void) {
    this.#redis = new RedisAttempts(redis);
    this.#database = new DatabaseAttempts(database);
    this.#bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed: onFallback });
  }

  /**
   * Counts an attempt.
   *
   * @throws {Problem} 429 when one of the units has to wait.
   */
  async begin(units: readonly AttemptUnit[]): Promise<void> {
    const counted = await this.#bestEffort.attempt(() => this.#redis.take(units));
    const wait = counted ?? (await this.#database.take(units));
    if (wait > 0) throw tooManyAttempts(wait);
  }

  /**
   * Says that the attempt was no failure.
   *
   * @param proven Units that are known to be the account's owner now: all their failures are forgotten.
   * @param shared Units of which only this attempt is taken back.
   */
  async settle(proven: readonly AttemptUnit[], shared: readonly AttemptUnit[]): Promise<void> {
    const done = await this.#bestEffort.attempt(async () => {
      await Promise.all([this.#redis.clear(proven), this.#redis.refund(shared)]);
      return true;
    });
    if (done === undefined) {
      await this.#database.clear(proven);
      await this.#database.refund(shared);
    }
  }
}
