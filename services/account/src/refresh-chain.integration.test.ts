import { randomUUID } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { KEY_ENCRYPTION_KEY } from "../test/accounts.ts";
import { addAccount } from "./accounts.ts";
import { SecretBox } from "./secret-box.ts";
import { Sessions } from "./sessions.ts";

/** Opening a session compares it with the account's; nobody hashes a password here. */
const PASSWORD_HASH = "$argon2id$of-nobody";
const WAIT = statement(
  "wait",
  "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1",
);
const USABLE = statement<{ count: number }>(
  "usable",
  "SELECT count(*) AS count FROM refresh_tokens WHERE session_id = $1 AND used_at IS NULL",
);

let database: TestDatabase;
let sessions: Sessions;

beforeAll(async () => {
  database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
  sessions = new Sessions(database.database, new SecretBox(KEY_ENCRYPTION_KEY), 30);
});
afterAll(() => database?.drop());

const open = async () => {
  const account = await addAccount(database.database, {
    email: `${randomUUID()}@example.org`,
    name: "Robin",
    passwordHash: PASSWORD_HASH,
  });
  const session = account && (await sessions.open(account.id, PASSWORD_HASH));
  if (session === undefined) throw new Error("there is no session");
  return session;
};

/** What may happen: the token that is so many behind the newest comes, perhaps several times at once; or time passes. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ behind: fc.constant(0), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ behind: fc.constant(1), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ behind: fc.integer({ min: 2, max: 5 }), times: fc.constant(1) }) },
  { weight: 3, arbitrary: fc.constant("wait" as const) },
);

test("whatever comes in whatever order: one chain, and a copy that is used ends it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const { sessionId, refreshToken } = await open();
      const tokens = [refreshToken];
      let isOver = false;
      let isRecent = false;
      for (const happening of steps) {
        if (happening === "wait") {
          await database.database.query(WAIT, [sessionId]);
          isRecent = false;
          continue;
        }
        const { behind, times } = happening;
        const token = tokens.at(-1 - behind);
        if (token === undefined) continue;
        const answers = await Promise.all(Array.from({ length: times }, () => sessions.refresh(token)));
        const kinds = answers.map(({ kind }) => kind);
        if (isOver) {
          expect(kinds).toEqual(Array(times).fill("refused"));
        } else if (behind === 0 || (behind === 1 && isRecent)) {
          // The newest token leads on; the one before leads to the same place for a moment.
          const next = new Set(
            answers.map((answer) => (answer.kind === "refreshed" ? answer.refreshToken : "")),
          );
          expect(next.size).toBe(1);
          const [only = ""] = next;
          expect(only).not.toBe("");
          if (behind === 0) tokens.push(only);
          else expect(only).toBe(tokens.at(-1));
          if (behind === 0) isRecent = true;
        } else {
          expect(kinds.sort()).toEqual([...Array(times - 1).fill("refused"), "reused"].sort());
          isOver = true;
        }
        expect(await database.database.query(USABLE, [sessionId])).toEqual([{ count: 1 }]);
      }
      expect(new Set(tokens).size).toBe(tokens.length);
    }),
    { numRuns: 150 },
  );
});

test("no session slips in behind a lock or a new password", async () => {
  const { accountId } = await open();
  const lock = statement("lock", "UPDATE accounts SET locked_at = now() WHERE id = $1");
  const change = statement("change", "UPDATE accounts SET password_hash = $2 WHERE id = $1");
  expect(await sessions.open(accountId, "$argon2id$a-former-one")).toBeUndefined();
  // The change is under way when the session is asked for, and done before it is answered.
  let opening: Promise<unknown> | undefined;
  await database.database.transaction(async (transaction) => {
    await transaction.query(change, [accountId, "$argon2id$a-new-one"]);
    opening = sessions.open(accountId, PASSWORD_HASH);
    await expect
      .poll(() =>
        database.database.query(
          statement<{ waiting: boolean }>(
            "waiting",
            "SELECT true AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          ),
        ),
      )
      .toHaveLength(1);
  });
  expect(await opening).toBeUndefined();
  await database.database.query(lock, [accountId]);
  expect(await sessions.open(accountId, "$argon2id$a-new-one")).toBeUndefined();
});
