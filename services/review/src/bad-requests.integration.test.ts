import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CALLER_HEADERS, ROLES } from "../../contracts/identity.ts";
import { reviewOf, TestReviews } from "../test/reviews.ts";

const USER = randomUUID();
let reviews: TestReviews;
let buyer: string;

beforeAll(async () => {
  reviews = await TestReviews.start(1);
  buyer = await reviews.buyer("bought");
});
afterAll(() => reviews?.stop());

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom(
    "\u0000",
    "\ud800",
    "'; DROP TABLE reviews; --",
    "../..",
    "%",
    "A",
    "-",
    "a--b",
    "x".repeat(65),
  ),
);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
const product = fc.oneof(part, fc.constantFrom("not-bought", "mine"));
const query = fc
  .tuple(fc.constantFrom("product", "limit", "after", "x"), part)
  .map(([name, value]) => `${name}=${value}`);
const route = fc.oneof(
  query.map((text) => ["GET", `/reviews?${text}`] as const),
  query.map((text) => ["GET", `/reviews?product=bought&${text}`] as const),
  query.map((text) => ["GET", `/reviews/mine?${text}`] as const),
  product.map((id) => ["PUT", `/reviews/${id}`] as const),
  fc.constant(["PUT", "/reviews/bought"] as const),
  part.map((id) => ["DELETE", `/reviews/${id}`] as const),
  fc
    .tuple(product, fc.oneof(part, fc.uuid()))
    .map(([id, review]) => ["DELETE", `/reviews/${id}/${review}`] as const),
  part.map((text) => ["DELETE", `/reviews/bought/${randomUUID()}?reason=${text}`] as const),
  part.map((text) => ["POST", `/reviews/${text}`] as const),
);
/** Never as it must be: where another field may be good by chance, the author is missing. */
const spoilt = fc.oneof(
  fc
    .tuple(fc.constantFrom("stars", "title", "text", "id", "userId", "productId"), fc.jsonValue())
    .map(([field, value]) => ({ ...reviewOf(5), [field]: value, author: "" })),
  fc
    .constantFrom("", "\u0000", "line\nbreak", "x".repeat(61), 5, null, [], {}, true)
    .map((author) => ({ ...reviewOf(5), author })),
  fc.constantFrom(0, 6, -1, 4.5, 2 ** 60, "5", null, [5], {}).map((stars) => ({ ...reviewOf(5), stars })),
  fc.constantFrom("\u0000", "x".repeat(4001), 5, null, []).map((text) => ({ ...reviewOf(5), text })),
);
const body = fc.oneof(
  spoilt.map((value) => JSON.stringify(value)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "{", "[]", '{"__proto__":{"stars":5}}', "[".repeat(30_000), "x".repeat(70_000)),
);
const headers = fc.record(
  {
    "content-type": fc.oneof(
      { weight: 5, arbitrary: fc.constant("application/json") },
      { weight: 1, arbitrary: fc.constantFrom("text/plain", "bad type") },
    ),
    [CALLER_HEADERS.id]: fc.oneof(
      fc.constantFrom(USER, "buyer"),
      fc.uuid(),
      fc.stringMatching(/^[!-~]{1,40}$/),
    ),
    [CALLER_HEADERS.roles]: fc.oneof(
      fc.constantFrom(...ROLES),
      fc.constantFrom("customer,support", "", "root", ",,,"),
    ),
  },
  { requiredKeys: [] },
);

test("10,000 bad requests: no server error, and nothing is written", async () => {
  const requests = fc.sample(fc.record({ route, body, headers }), 12_000);
  const statuses = new Map<number, number>();
  const send = async (from: number): Promise<void> => {
    for (let index = from; index < requests.length; index += 16) {
      const sent = requests[index];
      if (sent === undefined) return;
      const [method, path] = sent.route;
      const id = sent.headers[CALLER_HEADERS.id];
      const answer = await reviews.send(
        method,
        path,
        { ...sent.headers, ...(id === "buyer" && { [CALLER_HEADERS.id]: buyer }) },
        method === "PUT" || method === "POST" ? sent.body : undefined,
      );
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect(answer.status, `${JSON.stringify(sent).slice(0, 500)} was answered ${answer.text}`).toBeLessThan(
        500,
      );
      if (answer.status >= 400) expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, index) => send(index)));
  const refused = [...statuses]
    .filter(([status]) => status >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
  expect(refused).toBeGreaterThan(10_000);
  // Purchases may come by the broker, which other tests use, too.
  expect(await reviews.counts()).toMatchObject({ reviews: 0, removals: 0, versions: 0 });
}, 180_000);
