import { hash } from "node:crypto";
import { Type } from "typebox";
import { type Database, type Queryable, statement } from "./database.ts";
import { Problem } from "./problem.ts";
import { FORGOTTEN_AT_ONCE } from "./schema.ts";

/** The header with which a client marks a request that it may repeat. */
export const IdempotencyKey = Type.String({
  minLength: 8,
  maxLength: 128,
  pattern: "^[\\x21-\\x7e]+$",
  description: "Chosen by the client, new for each new request; a repeated one gets the first one's answer",
});

/** Headers of a request that must carry an idempotency key. */
export const IdempotentHeaders = Type.Object({ "idempotency-key": IdempotencyKey });

/** Answers are kept this long at least, in hours. */
export const KEPT_HOURS = 48;

/** JSON text with sorted member names, so that the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Tells whether two requests with the same key are the same request: a digest of what was asked for. */
export const requestHash = (request: unknown): string => hash("sha256", canonicalJson(request), "base64url");

/** The key was used before with another body. */
export const keyReused = (): Problem =>
  new Problem({
    status: 422,
    slug: "idempotency-key-reused",
    title: "Idempotency key reused",
    detail: "This Idempotency-Key was sent before with another request; take a new key for a new request",
  });

/** The first request with this key is still being worked on. */
export const keyInUse = (): Problem =>
  new Problem({
    status: 409,
    slug: "idempotency-key-in-use",
    title: "Request in progress",
    detail: "The first request with this Idempotency-Key is still being worked on; repeat it for its answer",
    retryAfterSeconds: 1,
  });

/** An answer that can be given again. */
export interface StoredResponse {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

const CLAIM = statement<{ key: string }>(
  "idempotency-claim",
  `INSERT INTO idempotency_keys (scope, key, request_hash) VALUES ($1, $2, $3)
   ON CONFLICT DO NOTHING RETURNING key`,
);
const FIND = statement<{ request_hash: string; status: number; response: string }>(
  "idempotency-find",
  "SELECT request_hash, status, response FROM idempotency_keys WHERE scope = $1 AND key = $2",
);
const ANSWER = statement(
  "idempotency-answer",
  "UPDATE idempotency_keys SET status = $3, response = $4 WHERE scope = $1 AND key = $2",
);
const FORGET = statement<{ key: string }>(
  "idempotency-forget",
  `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1)
     ORDER BY created_at LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED))
   RETURNING key`,
);

/**
 * Runs a request that touches nothing but this database exactly once. Key, effect and answer are stored in one
 * transaction; a concurrent duplicate waits for it and gets the same answer. When `work` throws, nothing is
 * stored and the key may be used again.
 *
 * @param scope What kind of request it is, such as `adjust-stock`; keys of different scopes never meet.
 * @param request What was asked for; another request with the same key is refused.
 * @throws {Problem} 422 when the key was used with another request.
 */
export function idempotent(
  database: Database,
  { scope, key, request }: { readonly scope: string; readonly key: string; readonly request: unknown },
  work: (transaction: Queryable) => Promise<StoredResponse>,
): Promise<StoredResponse> {
  const digest = requestHash(request);
  return database.transaction(async (transaction) => {
    const claimed = await transaction.query(CLAIM, [scope, key, digest]);
    if (claimed.length === 0) {
      const [first] = await transaction.query(FIND, [scope, key]);
      if (first === undefined) throw keyInUse();
      if (first.request_hash !== digest) throw keyReused();
      return { status: first.status, body: first.response };
    }
    const response = await work(transaction);
    await transaction.query(ANSWER, [scope, key, response.status, response.body]);
    return response;
  });
}

/**
 * Removes answers that need not be kept any longer.
 *
 * @returns Whether there may be more of them.
 */
export const forgetOldKeys = async (database: Queryable): Promise<boolean> =>
  (await database.query(FORGET, [KEPT_HOURS])).length === FORGOTTEN_AT_ONCE;
