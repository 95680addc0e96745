import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { ROLES, type Role } from "../../contracts/identity.ts";
import { newAddress, TestAccounts } from "../test/accounts.ts";

const REQUESTS = 10_000;
const PARALLEL = 16;
const TIMEOUT = 240_000;
let accounts: TestAccounts;

beforeAll(async () => {
  accounts = await TestAccounts.start();
});
afterAll(() => accounts?.stop());

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "\u0000",
    "\ud800",
    "'; DROP TABLE accounts; --",
    "../..",
    "%",
    "admin@example.com\r\nBcc: all@example.com",
    '"a b"@example.com',
    "admin@[127.0.0.1]",
    "x".repeat(300),
    "__proto__",
  ),
);
const oddValue = fc.oneof(
  odd,
  fc.anything({ withBigInt: false }),
  fc.constantFrom(null, [], {}, -1, 0.5, 1e300, true),
);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
const id = fc.oneof(fc.uuid(), part, fc.constant("me"));
const token = fc.oneof(fc.stringMatching(/^[\w-]{43}$/), part);

const route = fc.oneof(
  fc.constantFrom(
    ["POST", "/accounts"] as const,
    ["GET", "/accounts/me"] as const,
    ["PATCH", "/accounts/me"] as const,
    ["PUT", "/accounts/me/password"] as const,
    ["GET", "/accounts/me/export"] as const,
    ["POST", "/accounts/me/deletion"] as const,
    ["POST", "/sessions"] as const,
    ["POST", "/sessions/refresh"] as const,
    ["DELETE", "/sessions"] as const,
    ["DELETE", "/sessions/current"] as const,
    ["POST", "/password-resets"] as const,
    ["GET", "/.well-known/jwks.json"] as const,
  ),
  id.map((text) => ["GET", `/accounts/${text}`] as const),
  id.map((text) => ["PUT", `/accounts/${text}/roles`] as const),
  id.map((text) => ["PUT", `/accounts/${text}/lock`] as const),
  id.map((text) => ["DELETE", `/accounts/${text}/lock`] as const),
  part.map((text) => ["GET", `/accounts?email=${text}`] as const),
  part.map((text) => ["GET", `/accounts?${text}`] as const),
  token.map((text) => ["PUT", `/email-verifications/${text}`] as const),
  token.map((text) => ["PUT", `/password-resets/${text}`] as const),
  part.map((text) => ["PATCH", `/${text}`] as const),
);

/** Bodies that every route knows, of which at least one member is wrong. */
const good = {
  name: "Robin",
  password: "a long walk at night",
  currentPassword: "a walk",
  roles: ["customer"],
};
const spoilt = fc
  .tuple(fc.constantFrom("email", "name", "password", "currentPassword", "roles", "extra"), oddValue)
  .map(([name, value]) => ({ ...good, [name]: value }));
const body = fc.oneof(
  spoilt.map((value) => JSON.stringify(value)),
  fc.record({ email: oddValue, password: oddValue, name: oddValue }).map((value) => JSON.stringify(value)),
  fc.anything({ withBigInt: false }).map((value) => JSON.stringify(value) ?? ""),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "{", "[]", '{"__proto__":{}}', '{"constructor":{"prototype":{}}}', "[".repeat(30_000)),
);
const header = fc.stringMatching(/^[!-~]{0,60}$/);
const caller = fc.option(
  fc.record({
    id: fc.oneof(fc.uuid(), header),
    roles: fc.array(fc.constantFrom<Role>(...ROLES), { maxLength: 3 }),
  }),
  { nil: undefined },
);
const cookies = fc.record({ refresh: fc.oneof(token, header), device: header }, { requiredKeys: [] });
const type = fc.constantFrom("application/json", "application/json", "text/plain", "bad type");

/** All that is in the database, apart from counts of attempts and mails that were never sent. */
const contents = () =>
  accounts.database.database.query(
    statement<{ accounts: string; others: number }>(
      "contents",
      `SELECT (SELECT json_agg(a ORDER BY id)::text FROM accounts a) AS accounts,
         (SELECT count(*) FROM registrations) + (SELECT count(*) FROM sessions)
           + (SELECT count(*) FROM refresh_tokens) + (SELECT count(*) FROM password_resets)
           + (SELECT count(*) FROM mail WHERE sealed IS NOT NULL OR sent_at IS NOT NULL) AS others`,
    ),
  );

test(`${REQUESTS} bad requests: no server error, and nothing is written`, { timeout: TIMEOUT }, async () => {
  const requests = fc.sample(fc.record({ route, body, caller, cookies, type }), {
    numRuns: REQUESTS,
    seed: 11,
  });
  const before = await contents();
  const failures: unknown[] = [];
  const statuses = new Map<number, number>();
  const send = async (from: number): Promise<void> => {
    for (let index = from; index < requests.length; index += PARALLEL) {
      const sent = requests[index];
      if (sent === undefined) continue;
      const [method, path] = sent.route;
      const answer = await accounts.send(method, path, {
        ...(method !== "GET" && { body: sent.body, headers: { "content-type": sent.type } }),
        ...(sent.caller && { caller: sent.caller }),
        cookies: sent.cookies,
        address: newAddress(),
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) failures.push({ ...sent, answer: answer.text });
      if (answer.status >= 400) expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, (_, index) => send(index)));
  expect(failures).toEqual([]);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 4);
  expect(statuses.has(201)).toBe(false);
  expect(await contents()).toEqual(before);
});
