import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyTestRedis } from "../../chassis/test/running.ts";
import { StandIn } from "../../gateway/test/stand-in.ts";
import { callerHeaders, TestCarts } from "../test/carts.ts";

const catalog = new StandIn();
let redis: Redis;
let carts: TestCarts;

beforeAll(async () => {
  catalog.behave = (_request, response) => response.end('{"items":[]}');
  const url = await emptyTestRedis();
  redis = new Redis(url);
  carts = await TestCarts.start(url, await catalog.listen(), 1);
});
afterAll(async () => {
  await carts?.stop();
  redis?.disconnect();
  await catalog.close();
});

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom("\u0000", "\ud800", "a b", "../..", "%", "*", "KEYS[1]", "x".repeat(65), "user:1", "é"),
);
const part = odd.map((text) => encodeURIComponent(text.toWellFormed()));
const route = fc.oneof(
  part.map((sku) => ["PUT", `/cart/lines/${sku}`] as const),
  part.map((sku) => ["DELETE", `/cart/lines/${sku}`] as const),
  fc.constant(["PUT", "/cart/lines/MUG-ASH"] as const),
  fc.constant(["DELETE", "/cart/lines/MUG-ASH"] as const),
  fc.constantFrom(["GET", "/cart"] as const, ["DELETE", "/cart"] as const, ["POST", "/cart/merge"] as const),
  part.map((text) => ["GET", `/cart?${text}`] as const),
  part.map((text) => ["POST", `/cart/${text}`] as const),
  part.map((text) => ["PUT", `/cart/${text}`] as const),
);
const quantity = fc.oneof(
  fc.integer({ max: 0 }),
  fc.integer({ min: 1001 }),
  fc.double({ noInteger: true }),
  fc.constantFrom("1", null, true, [], [1], {}),
  odd,
);
const body = fc.oneof(
  quantity.map((value) => JSON.stringify({ quantity: value })),
  fc.jsonValue().map((extra) => JSON.stringify({ quantity: 1, extra })),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "{", "[]", '{"__proto__":{"quantity":1}}', "[".repeat(30_000), "x".repeat(70_000)),
);
const headers = fc.record(
  {
    cookie: fc.oneof(
      fc.constantFrom("cart", "cart=", "cart=;cart=;", "=cart", "cart=../user:1", `cart=${"*".repeat(32)}`),
      fc.stringMatching(/^cart=[\w-]{32}$/),
      fc.stringMatching(/^[ -~]{0,60}$/),
    ),
    "content-type": fc.oneof(
      { weight: 5, arbitrary: fc.constant("application/json") },
      { weight: 1, arbitrary: fc.constantFrom("text/plain", "application/xml", "bad type") },
    ),
    "x-forwarded-proto": fc.constantFrom("https", "http", "gopher"),
    "x-request-id": fc.stringMatching(/^[ -~]{0,140}$/),
  },
  { requiredKeys: [] },
);
const caller = fc.option(fc.oneof(fc.uuid(), fc.stringMatching(/^[!-~]{1,40}$/)).map(callerHeaders), {
  nil: {},
});

test("10,000 bad requests: no server error, and nothing is written", async () => {
  const requests = fc.sample(fc.record({ route, body, headers, caller }), 14_000);
  const statuses = new Map<number, number>();
  const send = async (from: number): Promise<void> => {
    for (let index = from; index < requests.length; index += 16) {
      const sent = requests[index];
      if (sent === undefined) return;
      const [method, path] = sent.route;
      const answer = await carts.send(
        method,
        path,
        { ...sent.headers, ...sent.caller },
        method === "PUT" || method === "POST" ? sent.body : undefined,
      );
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect(answer.status, `${JSON.stringify(sent).slice(0, 500)} was answered ${answer.text}`).toBeLessThan(
        500,
      );
      if (answer.status >= 400) expect(answer.headers["content-type"]).toContain("application/problem+json");
      else expect(answer.cart.lines).toEqual([]);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, index) => send(index)));
  // Those that are not bad enough to be refused look at an empty cart, or empty it.
  expect(requests.length - (statuses.get(200) ?? 0)).toBeGreaterThan(10_000);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(4000);
  expect(await redis.keys("cart:*")).toEqual([]);
}, 180_000);
