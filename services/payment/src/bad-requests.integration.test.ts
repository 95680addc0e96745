import fc from "fast-check";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { Counter, WEBHOOK_SECRET } from "../test/counter.ts";
import { signWebhook } from "./webhook-signature.ts";

const REQUESTS = 10_000;
let counter: Counter;

beforeAll(async () => {
  counter = await Counter.open();
});
afterAll(() => counter?.close());

const EVERYTHING = statement<{ digest: string }>(
  "test-everything",
  `SELECT md5(concat(
     (SELECT json_agg(p ORDER BY id) FROM payments p), (SELECT json_agg(o ORDER BY id) FROM payment_operations o),
     (SELECT json_agg(e ORDER BY id) FROM ledger_entries e), (SELECT count(*) FROM provider_events),
     (SELECT json_agg(c ORDER BY key) FROM test_provider.charges c),
     (SELECT count(*) FROM test_provider.transfers), (SELECT count(*) FROM outbox))) AS digest`,
);

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "\u0000",
    "'; DROP TABLE payments; --",
    "../..",
    "\ud800",
    "NaN",
    "1e400",
    "EUR",
    "tok_approve",
  ),
  fc.integer().map(String),
);
const notAnAmount = fc.oneof(
  fc.integer({ max: 0 }),
  fc.double({ noInteger: true }),
  fc.constantFrom(null, "1", 2 ** 53, 1e300, [], {}),
);
const json = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "";
const junk = fc.oneof(
  fc
    .anything()
    .filter((value) => json(value) !== "{}")
    .map(json),
  fc.string({ unit: "binary", minLength: 1 }),
  fc.constantFrom(
    "{",
    "[]",
    "null",
    '{"__proto__":{}}',
    '{"constructor":{"prototype":{}}}',
    "[".repeat(30_000),
  ),
);
const authorisation = fc
  .record(
    {
      orderId: fc.oneof(fc.uuid(), odd),
      amount: notAnAmount,
      currency: fc.oneof(fc.constant("EUR"), odd),
      cardToken: fc.oneof(fc.constant("tok_approve"), odd),
      capture: fc.oneof(fc.boolean(), odd),
      more: fc.anything(),
    },
    { requiredKeys: ["amount"] },
  )
  .map(json);
const reversal = fc.record({ orderId: odd }).map(json);
const amount = fc.record({ amount: notAnAmount }).map(json);
const event = fc
  .record({
    id: fc.oneof(odd, fc.integer()),
    type: fc.oneof(odd, fc.constantFrom("charge.captured", "charge.declined")),
    data: fc.oneof(fc.record({ key: odd, captured: notAnAmount, declineCode: odd }), fc.anything()),
  })
  .map(json);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));

test("10,000 bad requests: no server error, and nothing is written", async () => {
  const { body: paid } = await counter.authorise();
  const known = paid.paymentId;
  const id = fc.oneof(fc.constant(known), fc.uuid(), part);
  const unknown = fc.oneof(fc.uuid(), part);
  const bodies = (good: fc.Arbitrary<string>) => fc.oneof(good, junk);
  const signed = bodies(event).map((body) => ({
    method: "POST",
    path: "/webhooks/test",
    body,
    signed: true,
  }));
  const call = (method: string, path: fc.Arbitrary<string>, body: fc.Arbitrary<string>) =>
    fc.record({
      method: fc.constant(method),
      path,
      body,
      signed: fc.constant(false),
    });
  const sent = fc.record({
    request: fc.oneof(
      signed,
      call("POST", fc.constant("/payments/authorisations"), bodies(authorisation)),
      call("POST", fc.constant("/payments/reversals"), bodies(reversal)),
      call(
        "POST",
        id.map((text) => `/payments/${text}/captures`),
        bodies(amount),
      ),
      call(
        "POST",
        id.map((text) => `/payments/${text}/refunds`),
        bodies(amount),
      ),
      call(
        "POST",
        unknown.map((text) => `/payments/${text}/void`),
        junk,
      ),
      call(
        "GET",
        unknown.map((text) => `/payments/${text}`),
        fc.constant(""),
      ),
      call(
        "GET",
        unknown.map((text) => `/payments/${text}/entries`),
        fc.constant(""),
      ),
      call(
        "POST",
        part.map((text) => `/webhooks/${text}`),
        bodies(event),
      ),
      call(
        "PATCH",
        part.map((text) => `/${text}`),
        junk,
      ),
    ),
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constant("application/json") },
      fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "bad type"),
    ),
    key: fc.constantFrom("a-good-key", "", "bad"),
    signature: fc.oneof(part, fc.constant(`t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`)),
  });
  const requests = fc.sample(sent, { numRuns: REQUESTS, seed: 7 });

  const before = await counter.query(EVERYTHING);
  const failures: unknown[] = [];
  const statuses = new Map<number, number>();
  for (let start = 0; start < requests.length; start += 50) {
    await Promise.all(
      requests.slice(start, start + 50).map(async ({ request: call, type, key, signature }) => {
        const body = Buffer.from(call.body);
        const proof = call.signed
          ? signWebhook(WEBHOOK_SECRET, body, Math.floor(Date.now() / 1000))
          : signature;
        const { statusCode, body: answer } = await request(counter.origin + call.path, {
          method: call.method,
          headers: { "content-type": type, "idempotency-key": key, "test-provider-signature": proof },
          body: call.method === "GET" ? null : body,
        });
        const said = await answer.text();
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        const isProblem = said.includes('"type":"urn:tradestack:problem:');
        const ignored = call.signed && statusCode === 200;
        if (statusCode >= 500 || !(isProblem || ignored)) failures.push({ ...call, statusCode, said });
      }),
    );
  }
  expect(failures).toEqual([]);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 4);
  expect(await counter.query(EVERYTHING)).toEqual(before);
});
