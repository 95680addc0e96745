import { afterAll, beforeAll, expect, test } from "vitest";
import { type Queryable, statement } from "./database.ts";
import { forgetOldKeys } from "./idempotency.ts";
import { forgetOldMessages } from "./inbox.ts";
import { migrate } from "./migrations.ts";
import { CHASSIS_MIGRATIONS, FORGOTTEN_AT_ONCE } from "./schema.ts";
import { createTestDatabase, type TestDatabase } from "./test/running.ts";

let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase();
  await migrate(own.database, CHASSIS_MIGRATIONS);
});
afterAll(() => own?.drop());

const ADD_MESSAGES = statement(
  "test-add-messages",
  `INSERT INTO inbox (message_id, routing_key, stream, sequence, state, received_at)
   SELECT gen_random_uuid(), 'counted.v1', 'test', 1, 'handled', now() - make_interval(days => $2)
   FROM generate_series(1, $1)`,
);
const ADD_KEYS = statement(
  "test-add-keys",
  `INSERT INTO idempotency_keys (scope, key, request_hash, created_at)
   SELECT 'test', gen_random_uuid()::text, '', now() - make_interval(days => $2) FROM generate_series(1, $1)`,
);
const COUNTS = {
  inbox: statement<{ count: number }>("test-count-messages", "SELECT count(*) AS count FROM inbox"),
  keys: statement<{ count: number }>("test-count-keys", "SELECT count(*) AS count FROM idempotency_keys"),
};

test.each([
  ["messages", ADD_MESSAGES, COUNTS.inbox, forgetOldMessages],
  ["keys", ADD_KEYS, COUNTS.keys, forgetOldKeys],
] as const)(
  "old %s are forgotten few at a time, however many there are, and no others",
  async (_name, add, counts, forget) => {
    const { database } = own;
    const count = async (from: Queryable = database) => (await from.query(counts))[0]?.count;
    await database.query(add, [FORGOTTEN_AT_ONCE + 7, 100]);
    await database.query(add, [5, 0]);
    expect(await forget(database)).toBe(true);
    expect(await count()).toBe(12);
    expect(await forget(database)).toBe(false);
    expect(await count()).toBe(5);
    expect(await forget(database)).toBe(false);
    expect(await count()).toBe(5);
  },
);
