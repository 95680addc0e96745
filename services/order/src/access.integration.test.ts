import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROLES, type Role } from "../../contracts/identity.ts";
import type { Order } from "../../contracts/order-api.ts";
import { callerHeaders, orderOf, Trade } from "../test/trade.ts";

let trade: Trade;
let sku: string;
const ada = callerHeaders(randomUUID(), "customer");

beforeAll(async () => {
  trade = await Trade.start();
  sku = await trade.stock(0, 1000);
});
afterAll(() => trade?.stop());

/** Every route about one order, with a body that the route takes. */
const routes = [
  { method: "GET", path: "", body: undefined, staff: ["support", "admin"] },
  { method: "GET", path: "/history", body: undefined, staff: ["support", "admin"] },
  { method: "POST", path: "/refunds", body: { reason: "test", amount: 1 }, staff: ["support", "admin"] },
  { method: "POST", path: "/returns", body: { reason: "test" }, staff: ["support", "admin"] },
  { method: "POST", path: "/cancellation", body: {}, staff: ["support", "admin"] },
] as const;

const send = ({ method, path, body }: (typeof routes)[number], id: string, who: Record<string, string>) =>
  trade.send(method, `/orders/${id}${path}`, body, { "idempotency-key": randomUUID(), ...who });

/** Everybody whose order it is not and who has no role that lets them. */
const strangers = (token: string): [string, Record<string, string>][] => [
  ["nobody", {}],
  ["another customer", callerHeaders(randomUUID(), "customer")],
  ["a merchant", callerHeaders(randomUUID(), "customer", "merchant")],
  ["a caller without roles", callerHeaders(randomUUID())],
  ["a caller who is not one", { "x-caller-id": "1 OR 1=1", "x-caller-roles": "admin" }],
  ["the holder of another order's token", { "order-token": token }],
  ["the holder of an empty token", { "order-token": "" }],
];

describe.each(routes)("$method /orders/{id}$path", (route) => {
  test.each(["a customer", "a guest"])("of %s is there for nobody else", async (owner) => {
    const order = await trade.paid(orderOf(sku), owner === "a guest" ? {} : ada);
    const { accessToken = "" } = await trade.paid(orderOf(sku));
    const none = await send(route, randomUUID(), {});
    expect(none.status).toBe(404);
    for (const [name, who] of strangers(accessToken)) {
      const answer = await send(route, order.id, who);
      expect(answer.status, name).toBe(404);
      const { detail, instance: _, ...problem } = JSON.parse(answer.text);
      const { detail: unknown, instance: __, ...same } = JSON.parse(none.text);
      // As if there were no such order.
      expect(problem).toEqual(same);
      expect(detail.replace(order.id, "")).toBe(unknown.replace(/[\da-f-]{36}/, ""));
    }
    const support = callerHeaders(randomUUID(), "support");
    const after = await trade.send("GET", `/orders/${order.id}`, undefined, support);
    expect(JSON.parse(after.text)).toMatchObject({ state: "paid", refunded: 0 });
  });

  test.each(ROLES)("of somebody else is open to the role %s only where it may", async (role: Role) => {
    const order = await trade.paid(orderOf(sku), ada);
    const answer = await send(route, order.id, callerHeaders(randomUUID(), role));
    const may = (route.staff as readonly Role[]).includes(role);
    // Nothing has arrived that could come back.
    if (may && route.path === "/returns")
      expect(JSON.parse(answer.text).type).toContain("illegal-order-move");
    else expect(answer.status < 300, answer.text).toBe(may);
    if (!may) expect(answer.status).toBe(404);
  });

  test("is open to the buyer and to a guest with the token", async () => {
    const guest = await trade.paid(orderOf(sku));
    const hers = await trade.paid(orderOf(sku), ada);
    for (const [id, who] of [
      [guest.id, { "order-token": guest.accessToken ?? "" }],
      [hers.id, ada],
    ] as const) {
      const answer = await send(route, id, who);
      // A buyer gives themselves nothing back.
      if (route.path === "/refunds") expect(JSON.parse(answer.text).type).toContain("not-permitted");
      else if (route.path === "/returns")
        expect(JSON.parse(answer.text).type).toContain("illegal-order-move");
      else expect(answer.status, answer.text).toBe(200);
    }
  });
});

describe("the list of orders", () => {
  const list = async (query: string, who: Record<string, string>) => {
    const answer = await trade.send("GET", `/orders${query}`, undefined, who);
    return { status: answer.status, page: JSON.parse(answer.text) };
  };

  test("has each of the caller's own, the newest first, page by page, and no other", async () => {
    const bob = callerHeaders(randomUUID(), "customer");
    const placed: string[] = [];
    for (let index = 0; index < 5; index++) {
      placed.push((await trade.paid(orderOf(sku), bob)).id);
      await trade.paid(orderOf(sku), ada);
      await trade.paid(orderOf(sku));
    }
    const found: string[] = [];
    let after: string | null = null;
    do {
      const { status, page } = await list(`?limit=2${after === null ? "" : `&after=${after}`}`, bob);
      expect(status).toBe(200);
      expect(page.items.length).toBeLessThanOrEqual(2);
      found.push(...page.items.map(({ id }: Order) => id));
      after = page.next;
    } while (after !== null);
    expect(found).toEqual(placed.reverse());
  });

  test("of a mail address is for support, and has those of guests, too", async () => {
    const email = `${randomUUID()}@example.com`;
    const request = { ...orderOf(sku), customer: { email } };
    const guest = await trade.paid(request);
    const hers = await trade.paid(request, ada);
    const query = `?customer=${encodeURIComponent(email.toUpperCase())}`;
    const { page } = await list(query, callerHeaders(randomUUID(), "support"));
    expect(page.items.map(({ id }: Order) => id)).toEqual([hers.id, guest.id]);
    expect((await list(query, ada)).status).toBe(403);
    expect((await list(query, {})).status).toBe(401);
    expect((await list("", {})).status).toBe(401);
  });

  test.each(["?limit=0", "?limit=101", "?limit=x", "?after=1", "?customer=ada"])("%s: 400", async (query) => {
    expect((await list(query, ada)).status).toBe(400);
  });
});

describe("an idempotency key", () => {
  test("of one buyer never meets the same key of another", async () => {
    const key = randomUUID();
    const request = orderOf(sku);
    const guest = { ...request, customer: { email: "eve@example.com" } };
    const bob = callerHeaders(randomUUID(), "customer");
    const answers = [
      await trade.place(request, key, ada),
      await trade.place(request, key, bob),
      await trade.place(request, key),
      await trade.place(guest, key),
    ];
    for (const { status, text } of answers) expect(status, text).toBe(201);
    expect(new Set(answers.map(({ text }) => JSON.parse(text).id)).size).toBe(4);
  });

  test("repeated by its buyer gives the same answer to the letter, the token of a guest included", async () => {
    for (const who of [{}, ada]) {
      const key = randomUUID();
      const first = await trade.place(orderOf(sku), key, who);
      const again = await trade.place(orderOf(sku), key, who);
      expect(again).toMatchObject({ status: 201, text: first.text });
      expect("accessToken" in JSON.parse(first.text)).toBe(who !== ada);
    }
  });

  test("that somebody guesses does not show a guest's order without all that was sent with it", async () => {
    const key = randomUUID();
    const request = orderOf(sku);
    await trade.place(request, key);
    const guesses = [
      { ...request, payment: { token: "tok_approve_other" } },
      { ...request, shipTo: { ...request.shipTo, street: "Elsewhere 1" } },
      { ...request, lines: [{ sku, quantity: 9 }] },
    ];
    for (const guess of guesses) {
      const answer = await trade.place(guess, key);
      expect(answer.status).toBe(422);
      expect(answer.text).not.toContain("accessToken");
    }
  });
});

test("a token is nowhere in the database", async () => {
  const { accessToken = "", id } = await trade.paid(orderOf(sku));
  const [row] = await trade.orders.database.query(
    {
      name: "test-whole-row",
      text: "SELECT to_jsonb(orders)::text AS everything FROM orders WHERE id = $1",
      row: { everything: "" },
    },
    [id],
  );
  expect(row?.everything).toContain(id);
  expect(row?.everything).not.toContain(accessToken);
});
