import { randomUUIDv7 } from "node:crypto";
import { type Database, type Queryable, statement } from "../../chassis/index.ts";
import { forgetting } from "./forgetting.ts";
import type { SecretBox } from "./secret-box.ts";
import { newToken, tokenHash } from "./token.ts";

/** Why a session ended before its time. */
export type SessionEnd = "logout" | "logout-everywhere" | "password" | "reuse" | "lock" | "deletion";

/** A session and the one refresh token that carries it on. */
export interface OpenSession {
  readonly sessionId: string;
  readonly accountId: string;
  readonly refreshToken: string;
  /** Seconds until the session is over, whatever happens. */
  readonly secondsLeft: number;
}

/** What became of a refresh token. */
export type Refresh =
  | ({ readonly kind: "refreshed" } & OpenSession)
  | { readonly kind: "reused"; readonly sessionId: string; readonly accountId: string }
  | { readonly kind: "refused" };

/**
 * A token may be used again for so long, in seconds, if the one that followed it was not used yet: a browser whose
 * answer was lost, or a second tab, gets the same successor again.
 */
const REPEAT_SECONDS = 10;

const OPEN = statement<{ seconds_left: number }>(
  "session-open",
  `WITH owner AS (
     SELECT id FROM accounts
     WHERE id = $2 AND password_hash = $3 AND locked_at IS NULL AND deleted_at IS NULL FOR SHARE),
   opened AS (
     INSERT INTO sessions (id, account_id, expires_at)
     SELECT $1, id, clock_timestamp() + make_interval(days => $4) FROM owner RETURNING id, expires_at),
   token AS (INSERT INTO refresh_tokens (hash, session_id) SELECT $5, id FROM opened)
   SELECT extract(epoch FROM expires_at - clock_timestamp())::integer AS seconds_left FROM opened`,
);
const FIND = statement<{
  session_id: string;
  account_id: string;
  seconds_left: number;
  used: boolean;
  just_used: boolean;
}>(
  "session-find",
  `SELECT s.id AS session_id, s.account_id, extract(epoch FROM s.expires_at - clock_timestamp())::integer AS seconds_left,
     t.used_at IS NOT NULL AS used,
     coalesce(t.used_at > clock_timestamp() - interval '${REPEAT_SECONDS} seconds', false) AS just_used
   FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN accounts a ON a.id = s.account_id
   WHERE t.hash = $1 AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND a.locked_at IS NULL
     AND a.deleted_at IS NULL
   FOR UPDATE OF s`,
);
const USE = statement<{ hash: Buffer }>(
  "refresh-token-use",
  "UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE hash = $1 AND used_at IS NULL RETURNING hash",
);
const ISSUE = statement(
  "refresh-token-issue",
  "INSERT INTO refresh_tokens (hash, session_id) VALUES ($1, $2)",
);
const IS_USABLE = statement<{ hash: Buffer }>(
  "refresh-token-usable",
  "SELECT hash FROM refresh_tokens WHERE hash = $1 AND used_at IS NULL",
);
const END = statement<{ id: string }>(
  "session-end",
  `UPDATE sessions SET ended_at = clock_timestamp(), ended_by = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id`,
);
const END_BY_TOKEN = statement<{ id: string; account_id: string }>(
  "session-end-by-token",
  `UPDATE sessions SET ended_at = clock_timestamp(), ended_by = 'logout'
   WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1) AND ended_at IS NULL
   RETURNING id, account_id`,
);
const END_ALL = statement<{ id: string }>(
  "session-end-all",
  `UPDATE sessions SET ended_at = clock_timestamp(), ended_by = $2
   WHERE account_id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() RETURNING id`,
);
/** Each has hundreds of tokens, which go with it. */
const SESSIONS_AT_ONCE = 100;

/** Who is logged in, and for how long. */
export class Sessions {
  readonly #database: Database;
  readonly #box: SecretBox;
  readonly #days: number;

  /** @param days A session lives for so long, however often it is refreshed. */
  constructor(database: Database, box: SecretBox, days: number) {
    this.#database = database;
    this.#box = box;
    this.#days = days;
  }

  /**
   * Opens a session for whoever has just proved to know the password.
   *
   * @param passwordHash The hash that the proof was checked against. Were the password changed or the account locked
   * meanwhile, there is no session: a change ends those that are there, and none may slip in behind it.
   */
  async open(accountId: string, passwordHash: string): Promise<OpenSession | undefined> {
    const sessionId = randomUUIDv7();
    const refreshToken = newToken();
    const values = [sessionId, accountId, passwordHash, this.#days, tokenHash(refreshToken)];
    const [opened] = await this.#database.query(OPEN, values);
    return opened && { sessionId, accountId, refreshToken, secondsLeft: opened.seconds_left };
  }

  /**
   * Exchanges a refresh token for the next one. A token that was used before has been copied: by whom cannot be
   * told, so the whole session ends.
   */
  refresh(refreshToken: string): Promise<Refresh> {
    return this.#database.transaction(async (transaction) => {
      const hash = tokenHash(refreshToken);
      const [found] = await transaction.query(FIND, [hash]);
      if (found === undefined) return { kind: "refused" };
      const { session_id: sessionId, account_id: accountId, seconds_left: secondsLeft } = found;

      // The successor follows from the token and our secret, so that a repeated request finds the same one.
      const next = this.#box.mac("refresh-token", refreshToken).toString("base64url");
      const refreshed = { kind: "refreshed", sessionId, accountId, refreshToken: next, secondsLeft } as const;
      // Looked at again: whoever held the lock before may have used it.
      const used = await transaction.query(USE, [hash]);
      if (used.length > 0) {
        await transaction.query(ISSUE, [tokenHash(next), sessionId]);
        return refreshed;
      }
      const isLatest = (await transaction.query(IS_USABLE, [tokenHash(next)])).length > 0;
      if (isLatest && (found.just_used || !found.used)) return refreshed;
      await transaction.query(END, [sessionId, "reuse"]);
      return { kind: "reused", sessionId, accountId };
    });
  }

  /** Ends the session of a refresh token; undefined where there is none. */
  async end(refreshToken: string): Promise<{ sessionId: string; accountId: string } | undefined> {
    const [ended] = await this.#database.query(END_BY_TOKEN, [tokenHash(refreshToken)]);
    return ended && { sessionId: ended.id, accountId: ended.account_id };
  }
}

/** Ends all sessions of an account; answers how many. */
export async function endSessions(database: Queryable, accountId: string, by: SessionEnd): Promise<number> {
  return (await database.query(END_ALL, [accountId, by])).length;
}

/** Removes sessions that are over, with their tokens. */
export const forgetOldSessions = forgetting(
  "sessions",
  "expires_at < now() OR ended_at < now() - interval '1 day'",
  SESSIONS_AT_ONCE,
);
