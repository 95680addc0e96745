import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Order } from "../../contracts/order-api.ts";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";

const REQUESTS = 10_000;
/** Requests that are on their way at the same time. */
const WIDTH = 8;

let trade: Trade;
let order: Order;
const ada = callerHeaders(randomUUID(), "customer");
const support = callerHeaders(randomUUID(), "support");

beforeAll(async () => {
  trade = await Trade.start();
  order = await trade.paid(orderOf(await trade.stock(0, 10), 2), ada);
});
afterAll(() => trade?.stop());

/** Values that are wrong in one way or another. */
const odd = fc.oneof(
  fc.anything({ withBigInt: false }),
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>(
    "\u0000",
    "\ud800",
    "1e400",
    "'; DROP TABLE orders; --",
    -1,
    0,
    0.5,
    1001,
    2 ** 60,
    null,
    [],
    {},
  ),
);

/** A body of which one member is replaced, or to which one is added. */
const spoilt = (good: () => object, ...paths: readonly string[][]) =>
  fc.tuple(fc.constantFrom(...paths), odd).map(([path, value]) => {
    const body: object = structuredClone(good());
    let parent = body;
    for (const name of path.slice(0, -1)) parent = Reflect.get(parent, name);
    Reflect.set(parent, path.at(-1) ?? "", value);
    return JSON.stringify(body);
  });
const anyBody = fc.oneof(
  fc.anything({ withBigInt: false }).map((value) => JSON.stringify(value) ?? ""),
  fc.string({ unit: "binary" }),
  fc.constantFrom("{", '{"__proto__":{}}', "[".repeat(30_000), "x".repeat(70_000)),
);
const goods = () => ({ lines: [{ sku: "no-such-thing", quantity: 1 }] });

const placing = spoilt(
  () => orderOf("no-such-thing"),
  ["customer"],
  ["customer", "email"],
  ["shipTo"],
  ["shipTo", "name"],
  ["shipTo", "country"],
  ["shipping"],
  ["lines"],
  ["lines", "0"],
  ["lines", "0", "quantity"],
  ["payment"],
  ["payment", "token"],
  ["price"],
  ["lines", "0", "unitPrice"],
);
const quoting = spoilt(
  () => ({ ...goods(), country: "DE" }),
  ["country"],
  ["lines"],
  ["lines", "0", "sku"],
  ["shipping"],
  ["x"],
);
// What it asks for is never there, so that one which is well-formed by chance gives nothing back either.
const refunding = spoilt(
  () => ({ ...goods(), reason: "test" }),
  ["reason"],
  ["lines"],
  ["lines", "0", "quantity"],
  ["restock"],
  ["x"],
).filter((body) => "lines" in JSON.parse(body) && JSON.parse(body).lines !== null);
const cancelling = spoilt(() => ({}), ["reason"], ["x"]).filter((body) => {
  const { reason } = JSON.parse(body);
  return typeof reason !== "string" && body !== "{}";
});

const id = fc.oneof(
  fc.uuid(),
  fc.string({ unit: "binary" }).map(encodeText),
  fc.constantFrom("1", "%00", "..%2f", "null"),
);
function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

interface BadRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string | undefined;
}

const badRequest: fc.Arbitrary<BadRequest> = fc.oneof(
  fc.record({
    method: fc.constant("POST" as const),
    path: fc.constant("/orders"),
    body: fc.oneof(placing, anyBody),
  }),
  fc.record({
    method: fc.constant("POST" as const),
    path: fc.constant("/orders/quotes"),
    body: fc.oneof(quoting, anyBody),
  }),
  fc.record({
    method: fc.constant("POST" as const),
    path: fc.constant("/orders/$/refunds"),
    body: fc.oneof(refunding, anyBody),
  }),
  fc.record({
    method: fc.constant("POST" as const),
    // The order is not delivered, so that a return which is well-formed by chance is not possible either.
    path: fc.constantFrom("", "/$/receipt", "/$/withdrawal").map((rest) => `/orders/$/returns${rest}`),
    body: fc.oneof(refunding, anyBody),
  }),
  fc.record({
    method: fc.constant("POST" as const),
    path: fc.constant("/orders/$/cancellation"),
    body: fc.oneof(cancelling, anyBody).filter((body) => body !== "{}"),
  }),
  fc.record({
    method: fc.constantFrom("GET" as const, "POST" as const),
    path: fc
      .tuple(
        id,
        fc.constantFrom(
          "",
          "/history",
          "/refunds",
          "/cancellation",
          "/returns",
          `/returns/${randomUUID()}/receipt`,
        ),
      )
      .map(([id, rest]) => {
        return `/orders/${id}${rest}`;
      }),
  }),
  fc.record({
    method: fc.constant("GET" as const),
    path: fc
      .tuple(fc.constantFrom("limit", "after", "customer"), fc.string({ unit: "binary" }))
      .map(([name, value]) => `/orders?${name}=${encodeText(value)}`),
  }),
);
const headers = fc.record({
  key: fc.oneof(fc.stringMatching(/^[!-~]{8,20}$/), fc.string({ unit: "grapheme-ascii", maxLength: 5 })),
  who: fc.constantFrom("nobody", "buyer", "support", "nonsense"),
});

test("10,000 bad requests to all routes are refused by the client's fault, and nothing is written", {
  timeout: 300_000,
}, async () => {
  const people: Record<string, Record<string, string>> = {
    nobody: { "order-token": "guess" },
    buyer: ada,
    support,
    nonsense: { "x-caller-id": "'; --", "x-caller-roles": "root" },
  };
  const before = await trade.books();
  const shown = (await trade.send("GET", `/orders/${order.id}/history`, undefined, support)).text;
  const requests = fc.sample(fc.tuple(badRequest, headers), REQUESTS);
  const statuses = new Map<number, number>();
  const send = async (from: number): Promise<void> => {
    for (const [{ method, path, body }, { key, who }] of requests.filter((_, i) => i % WIDTH === from)) {
      const answer = await trade.send(method, path.replaceAll("$", order.id), body, {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        "idempotency-key": key,
        ...people[who],
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const what = `${method} ${path} ${body?.slice(0, 300)} was answered ${answer.status} ${answer.text}`;
      // An empty `limit` or `after` by chance lists orders: it reads, and writes nothing.
      const isReading = method === "GET" && path.startsWith("/orders?") && answer.status === 200;
      if (isReading) continue;
      expect([400, 401, 403, 404, 409, 413, 422], what).toContain(answer.status);
      expect(answer.headers["content-type"], what).toContain("application/problem+json");
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, (_, index) => send(index)));
  expect(statuses.get(400)).toBeGreaterThan(REQUESTS / 4);

  const { orders, ...after } = await trade.books();
  const { orders: ordersBefore, ...untouched } = before;
  // An order that is well-formed by chance names goods that are not sold.
  expect({ ...orders, rejected: 0 }).toEqual({ ...ordersBefore, rejected: 0 });
  expect(after).toEqual(untouched);
  expect((await trade.send("GET", `/orders/${order.id}/history`, undefined, support)).text).toBe(shown);
});
