import fc from "fast-check";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestCatalog } from "../test/shop.ts";

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start(1);
});
afterAll(() => catalog.stop());

test("2,000 bad requests: no server error, and nothing is written", async () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary", maxLength: 10 }),
    fc.constantFrom(
      "\u0000",
      "'; DROP TABLE product; --",
      "../..",
      "%",
      "\ud800",
      "MUG-ASH",
      "NaN",
      "-1",
      "1e400",
    ),
    fc.integer().map(String),
    fc.double().map(String),
    fc.uuid(),
  );
  const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
  const query = fc
    .tuple(fc.constantFrom("q", "after", "limit", "x"), part)
    .map(([name, value]) => `${name}=${value}`);
  const cursor = fc
    .tuple(fc.double(), odd)
    .map((pair) => Buffer.from(JSON.stringify(pair)).toString("base64url"));
  const id = fc.oneof(fc.uuid(), part);
  const sku = fc.oneof(fc.constant("MUG-ASH"), part);
  const route = fc.oneof(
    query.map((text) => ["GET", `/products?${text}`] as const),
    cursor.map((after) => ["GET", `/products?q=a&after=${after}`] as const),
    part.map((text) => ["GET", `/products/${text}`] as const),
    id.map((text) => ["PUT", `/reservations/${text}`] as const),
    id.map((text) => ["DELETE", `/reservations/${text}`] as const),
    id.map((text) => ["POST", `/reservations/${text}/confirm`] as const),
    sku.map((text) => ["PUT", `/stock/${text}`] as const),
    part.map((text) => ["PATCH", `/${text}`] as const),
  );
  const line = fc.oneof(
    fc.record({ sku: odd, quantity: fc.oneof(fc.integer({ max: 0 }), fc.double(), odd, fc.constant(null)) }),
    fc.anything(),
  );
  const body = fc.oneof(
    fc.record({
      lines: fc.oneof(fc.array(line), fc.anything()),
      ttlSeconds: fc.oneof(fc.integer(), fc.anything()),
    }),
    fc.record({ available: fc.oneof(fc.integer({ max: -1 }), fc.double({ noInteger: true }), odd) }),
    fc.anything(),
  );
  const text = fc.oneof(
    body.map(
      (value) =>
        JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "",
    ),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      "{",
      "[]",
      '{"__proto__":{}}',
      '{"constructor":{"prototype":{}}}',
      "[".repeat(30_000),
    ),
  );
  const requests = fc.sample(
    fc.record({
      route,
      body: text,
      type: fc.constantFrom(
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "bad type",
      ),
    }),
    { numRuns: 2000, seed: 7 },
  );

  const before = await catalog.books();
  const failures: unknown[] = [];
  const statuses = new Map<number, number>();
  for (let start = 0; start < requests.length; start += 50) {
    await Promise.all(
      requests.slice(start, start + 50).map(async (sent) => {
        const [method, path] = sent.route;
        const { statusCode, body: answer } = await request(catalog.origin + path, {
          method,
          headers: { "content-type": sent.type },
          body: method === "GET" ? null : sent.body,
        });
        const said = await answer.text();
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        if (statusCode >= 500) failures.push({ ...sent, statusCode, said });
      }),
    );
  }
  expect(failures).toEqual([]);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(500);
  expect(await catalog.books()).toEqual(before);
});
