import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderOf, Trade } from "../test/trade.ts";

let trade: Trade;

beforeAll(async () => {
  trade = await Trade.start();
});
afterAll(() => trade?.stop());

/** Members of an order that are wrong in one way or another. */
const odd = fc.oneof(
  fc.anything({ withBigInt: false }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
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

/** An order of which one member is replaced, or to which one is added. */
const spoilt = fc
  .tuple(
    fc.constantFrom(
      ["customer"],
      ["customer", "email"],
      ["lines"],
      ["lines", "0"],
      ["lines", "0", "quantity"],
      ["payment"],
      ["payment", "token"],
      ["price"],
      ["lines", "0", "unitPrice"],
    ),
    odd,
  )
  .map(([path, value]) => {
    const order: object = structuredClone(orderOf("SKU"));
    let parent = order;
    for (const name of path.slice(0, -1)) parent = Reflect.get(parent, name);
    Reflect.set(parent, path.at(-1) ?? "", value);
    return JSON.stringify(order);
  });
const body = fc.oneof(
  spoilt,
  fc.anything({ withBigInt: false }).map((value) => JSON.stringify(value) ?? ""),
  fc.string({ unit: "binary" }),
  fc.constantFrom("{", '{"__proto__":{}}', "[".repeat(30_000), "x".repeat(70_000)),
);

test("2,000 bad orders are each refused by the client's fault, and nothing is written", async () => {
  const requests = fc.sample(fc.record({ body, key: fc.stringMatching(/^[!-~]{8,20}$/) }), 2000);
  const statuses = new Set<number>();
  const send = async (from: number): Promise<void> => {
    for (let index = from; index < requests.length; index += 8) {
      const { body, key } = requests[index] ?? { body: "", key: "" };
      const answer = await trade.send("POST", "/orders", body, {
        "content-type": "application/json",
        "idempotency-key": key,
      });
      statuses.add(answer.status);
      expect([400, 404, 413], `${body.slice(0, 300)} was answered ${answer.text}`).toContain(answer.status);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => send(index)));
  expect(statuses).toContain(400);

  const { orders, ...books } = await trade.books();
  // An order that is well-formed by chance names goods that are not sold.
  expect(Object.keys(orders).filter((state) => state !== "rejected")).toEqual([]);
  expect(books).toEqual({
    revenue: 0,
    ledgerRevenue: 0,
    ledgerSum: 0,
    sold: 0,
    confirmed: 0,
    held: 0,
    waitingEvents: 0,
  });
});
