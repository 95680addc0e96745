import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Queryable, statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { forgetOldAttempts } from "./database-attempts.ts";
import { forgetting } from "./forgetting.ts";
import { forgetOldMail } from "./mail.ts";
import { forgetOldResets } from "./password-reset.ts";
import { forgetOldRegistrations } from "./registration.ts";
import { forgetOldSessions } from "./sessions.ts";

let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase(join(import.meta.dirname, "../migrations"));
  await own.database.script(`
    INSERT INTO accounts (id, email, name, password_hash)
      VALUES ('00000000-0000-7000-8000-000000000000', 'a@example.org', 'A', '$argon2id$x')`);
});
afterAll(() => own?.drop());

const ACCOUNT = "'00000000-0000-7000-8000-000000000000'";
const RANDOM = "sha256(gen_random_uuid()::text::bytea)";
/** Some rows of each table whose time is over, if `age` is a day and more. */
const ADD: readonly [table: string, forget: (database: Queryable) => Promise<boolean>, add: string][] = [
  [
    "sessions",
    forgetOldSessions,
    `INSERT INTO sessions (id, account_id, expires_at) SELECT gen_random_uuid(), ${ACCOUNT}, now() + interval '1 hour' - $age`,
  ],
  [
    "registrations",
    forgetOldRegistrations,
    `INSERT INTO registrations (token_hash, email, name, password_hash, expires_at)
     SELECT ${RANDOM}, 'b@example.org', 'B', '$argon2id$x', now() + interval '1 hour' - $age`,
  ],
  [
    "password_resets",
    forgetOldResets,
    `INSERT INTO password_resets (token_hash, account_id, expires_at)
     SELECT ${RANDOM}, ${ACCOUNT}, now() + interval '1 hour' - $age`,
  ],
  [
    "mail",
    forgetOldMail,
    `INSERT INTO mail (id, kind, recipient_hash, sealed, expires_at)
     SELECT gen_random_uuid(), 'reset-password', ${RANDOM}, '', now() + interval '1 hour' - $age`,
  ],
  [
    "login_attempts",
    forgetOldAttempts,
    "INSERT INTO login_attempts (unit, counted_at) SELECT gen_random_uuid()::text, now() - $age",
  ],
];
const add = (sql: string, rows: number, days: number) =>
  own.database.script(`${sql.replace("$age", `interval '${days} days'`)} FROM generate_series(1, ${rows})`);
const count = async (table: string) => {
  const query = statement<{ count: number }>(`test-count-${table}`, `SELECT count(*) AS count FROM ${table}`);
  return (await own.database.query(query))[0]?.count;
};

test.each(ADD)("old %s are forgotten, and no others", async (table, forget, sql) => {
  await add(sql, 3, 2);
  await add(sql, 2, 0);
  expect(await forget(own.database)).toBe(false);
  expect(await count(table)).toBe(2);
});

test("what is old is forgotten few at a time, however much there is", async () => {
  await own.database.script(
    "CREATE TABLE things AS SELECT value AS old FROM generate_series(1, 12) AS value",
  );
  const forget = forgetting("things", "old <= 7", 4);
  const turns = [await forget(own.database), await count("things"), await forget(own.database)];
  expect(turns).toEqual([true, 8, false]);
  expect(await count("things")).toBe(5);
  // Two replicas at once take different ones.
  await own.database.script("ALTER TABLE things RENAME TO others");
  const both = forgetting("others", "true", 3);
  await Promise.all([both(own.database), both(own.database)]);
  expect(await count("others")).toBe(0);
});
