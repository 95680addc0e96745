import fc from "fast-check";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { caller, TestCatalog } from "../test/shop.ts";

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start(1);
});
afterAll(() => catalog.stop());

const REQUESTS = 10_000;

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.constantFrom(
    "\u0000",
    "'; DROP TABLE product; --",
    "../..",
    "%",
    "\ud800",
    "MUG-ASH",
    "oak-mug",
    "NaN",
    "-1",
    "1e400",
    "9007199254740993",
  ),
  fc.integer().map(String),
  fc.double().map(String),
  fc.uuid(),
);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
const id = fc.oneof(fc.uuid(), part);
const sku = fc.oneof(fc.constant("MUG-ASH"), part);
const product = fc.oneof(fc.constant("oak-mug"), part);
const cursor = fc
  .tuple(fc.constantFrom("relevance", "name", "newest", "rating"), fc.anything(), odd)
  .map((value) => Buffer.from(fc.stringify(value)).toString("base64url"));
const names = ["q", "category", "minPrice", "maxPrice", "inStock", "sort", "limit", "after", "sku", "v", "x"];
const query = fc.tuple(fc.constantFrom(...names), part).map(([name, value]) => `${name}=${value}`);

const get = (path: fc.Arbitrary<string>) => path.map((text) => ["GET", text] as const);
const route = fc.oneof(
  get(query.map((text) => `/products?${text}`)),
  get(fc.tuple(query, query).map(([first, second]) => `/products?${first}&${second}`)),
  get(cursor.map((after) => `/products?q=a&after=${after}`)),
  get(cursor.map((after) => `/products?sort=name&after=${after}`)),
  get(part.map((text) => `/products/${text}`)),
  get(query.map((text) => `/categories?${text}`)),
  get(query.map((text) => `/variants?${text}`)),
  get(fc.tuple(product, part, query).map(([of, number, rest]) => `/pictures/${of}/${number}.svg?${rest}`)),
  product.map((text) => ["PUT", `/products/${text}`] as const),
  // Of a product that is sold this would be a good request.
  part.filter((text) => text !== "oak-mug").map((text) => ["DELETE", `/products/${text}`] as const),
  product.map((text) => ["PUT", `/categories/${text}`] as const),
  sku.map((text) => ["PUT", `/stock/${text}`] as const),
  id.map((text) => ["PUT", `/reservations/${text}`] as const),
  id.map((text) => ["DELETE", `/reservations/${text}`] as const),
  id.map((text) => ["POST", `/reservations/${text}/confirm`] as const),
  id.map((text) => ["POST", `/reservations/${text}/returns`] as const),
  part.map((text) => ["PATCH", `/${text}`] as const),
);

const line = fc.oneof(
  fc.record({ sku: odd, quantity: fc.oneof(fc.integer({ max: 0 }), fc.double(), odd, fc.constant(null)) }),
  fc.anything(),
);
const variant = fc.oneof(
  fc.record({
    sku: odd,
    options: fc.oneof(fc.dictionary(odd, odd), fc.anything()),
    price: fc.oneof(fc.integer(), odd),
    image: fc.anything(),
  }),
  fc.anything(),
);
const body = fc.oneof(
  fc.record({
    lines: fc.oneof(fc.array(line), fc.anything()),
    ttlSeconds: fc.oneof(fc.integer(), fc.anything()),
  }),
  fc.record({ available: fc.oneof(fc.integer({ max: -1 }), fc.double({ noInteger: true }), odd) }),
  fc.record({ name: odd, position: fc.oneof(fc.integer({ max: -1 }), odd) }),
  // Whatever the rest is like, there is no such category.
  fc.record({
    name: odd,
    description: odd,
    category: fc.oneof(fc.constant("none"), odd),
    currency: fc.oneof(fc.constant("EUR"), odd),
    images: fc.oneof(fc.constant([]), fc.anything()),
    variants: fc.oneof(
      fc.constant([{ sku: "X", options: {}, price: 1 }]),
      fc.constant([{ sku: "MUG-OAK", options: { "a\u0000": "b" }, price: 1 }]),
      fc.array(variant),
    ),
  }),
  fc.anything(),
);
const text = fc.oneof(
  { weight: 3, arbitrary: body.map((value) => JSON.stringify(value, (_, inner) => plain(inner)) ?? "") },
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "{", "[]", '{"__proto__":{}}', '{"constructor":{"prototype":{}}}', "[".repeat(30_000)),
);
const plain = (value: unknown) => (typeof value === "bigint" ? String(value) : value);

const SHOP = statement<{ digest: string }>(
  "test-shop-digest",
  `SELECT md5(concat(
     (SELECT json_agg(p ORDER BY id) FROM product p), (SELECT json_agg(v ORDER BY sku) FROM variant v),
     (SELECT json_agg(c ORDER BY id) FROM category c), (SELECT count(*) FROM reservation),
     (SELECT count(*) FROM stock_movement), (SELECT count(*) FROM idempotency_keys))) AS digest`,
);
const everything = async () => ({
  books: await catalog.books(),
  shop: await catalog.database.database.query(SHOP),
});

test("10,000 bad requests of somebody who may do everything: no server error, and nothing is written", async () => {
  const requests = fc.sample(
    fc.record({
      route,
      body: text,
      type: fc.oneof(
        { weight: 3, arbitrary: fc.constant("application/json") },
        fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "bad type"),
      ),
      key: fc.constantFrom("a-good-key", "", "bad"),
    }),
    { numRuns: REQUESTS, seed: 7 },
  );
  const admin = caller("admin");
  const before = await everything();
  const failures: unknown[] = [];
  const statuses = new Map<number, number>();
  for (let start = 0; start < requests.length; start += 50) {
    await Promise.all(
      requests.slice(start, start + 50).map(async (sent) => {
        const [method, path] = sent.route;
        const { statusCode, body: answer } = await request(catalog.origin + path, {
          method,
          headers: { ...admin, "content-type": sent.type, "idempotency-key": sent.key },
          body: method === "GET" ? null : sent.body,
        });
        const said = await answer.text();
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        const problemsOnly = statusCode < 400 || said.includes('"type":"urn:tradestack:problem:');
        if (statusCode >= 500 || !problemsOnly) failures.push({ ...sent, statusCode, said });
      }),
    );
  }
  expect(failures).toEqual([]);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 4);
  expect(await everything()).toEqual(before);
});
