/**
 * What comes before and after a paid order, on a real cluster: a cart that outlives the Redis primary, a cancelled
 * order whose goods and money are back, a parcel that arrives and comes back, a payment that is decided late, dead letters that are sent
 * again, the ledger beside the provider's books.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../drills/platform/cluster.ts";
import { orderOf, type Shop } from "../../drills/platform/shop.ts";
import { adminPassword } from "../../drills/platform/staff.ts";
import type { Cart } from "../../services/contracts/cart-api.ts";
import type { Tracking } from "../../services/contracts/logistics-api.ts";
import { type GoodsReturn, ORDER_TOKEN_HEADER, type Order } from "../../services/contracts/order-api.ts";
import { TestStack } from "../support/stack.ts";

const small = "scale: { min: 1, max: 1 }";
const stack = new TestStack(
  "e2e-after",
  `  tradestack:services:
    storefront: { ${small} }
    gateway: { ${small} }
    catalog: { ${small} }
    review: { ${small} }
    cart: { ${small} }
    order: { ${small} }
    payment: { ${small} }
    logistics: { ${small}, environment: { HANDLING_SECONDS: 3, TRACKING_SECONDS: 1, CARRIER_STEP_SECONDS: 1 } }
    account: { ${small}, environment: { EMAIL_VERIFICATION: "off" } }
`,
);
const { namespace } = stack;
let cluster: Cluster;
let shop: Shop;

beforeAll(async () => {
  const result = await stack.up();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  ({ cluster, shop } = stack);
});

afterAll(async () => {
  const destroyed = await stack.remove();
  expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
});

/** An order that is paid, and how its buyer reads it. */
async function buy(token = "tok_approve") {
  const [sku = ""] = await shop.skusInStock(1, 10);
  const stock = (await shop.variant(sku)).available;
  const answer = await shop.order(orderOf(sku, 1, token));
  expect([201, 202], JSON.stringify(answer.body)).toContain(answer.status);
  const { id, accessToken } = answer.body as Order;
  const headers = { [ORDER_TOKEN_HEADER]: String(accessToken) };
  return {
    sku,
    stock,
    path: `/api/orders/${id}`,
    headers,
    async read(): Promise<Order> {
      return (await shop.send("GET", `/api/orders/${id}`, undefined, headers)).body as Order;
    },
  };
}

const ledgerSum = async () =>
  Number(await cluster.sql(namespace, "payment", "select coalesce(sum(amount), 0) from ledger_entries"));

test("an order that is cancelled in time gives goods and money back", async () => {
  const { sku, stock, path, headers, read } = await buy();
  const answer = await shop.send("POST", `${path}/cancellation`, {}, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const order = await read();
  expect(order.state).toBe("cancelled");
  expect(order.refunded).toBe(order.totals?.total);
  await expect.poll(async () => (await shop.variant(sku)).available, { timeout: 15_000 }).toBe(stock);
  expect(await ledgerSum()).toBe(0);
});

test("a parcel is followed until it arrives, and then it is too late to cancel", async () => {
  const { path, headers, read } = await buy();
  await expect.poll(async () => (await read()).state, { timeout: 60_000 }).toBe("delivered");
  const { tracking } = await read();
  const followed = await shop.send("GET", `/api/tracking/${tracking?.trackingNumber}`);
  expect(followed.status).toBe(200);
  expect((followed.body as Tracking).state).toBe("delivered");
  expect(JSON.stringify(followed.body)).not.toContain("Main Street");
  expect((await shop.send("POST", `${path}/cancellation`, {}, headers)).status).toBe(409);
});

test("goods that come back are paid for, and in stock again, once the shop has them", async () => {
  const { sku, stock, path, headers, read } = await buy();
  await expect.poll(async () => (await read()).state, { timeout: 60_000 }).toBe("delivered");
  const asked = await shop.send(
    "POST",
    `${path}/returns`,
    { reason: "Too small" },
    { ...headers, "idempotency-key": randomUUID() },
  );
  expect(asked.status, JSON.stringify(asked.body)).toBe(201);
  const { id } = asked.body as GoodsReturn;
  expect((await read()).refunded).toBe(0);
  // Not by the buyer's word.
  const receipt = `${path}/returns/${id}/receipt`;
  expect((await shop.send("POST", receipt, {}, headers)).status).toBe(403);

  const credentials = {
    email: "admin@example.com",
    password: await adminPassword(cluster, namespace),
  };
  const login = await shop.send("POST", "/api/sessions", credentials);
  expect(login.status, JSON.stringify(login.body)).toBe(201);
  const staff = { authorization: `Bearer ${(login.body as { accessToken: string }).accessToken}` };
  const received = await shop.send("POST", receipt, {}, staff);
  expect([200, 202], JSON.stringify(received.body)).toContain(received.status);
  await expect.poll(async () => (await read()).state, { timeout: 15_000 }).toBe("refunded");
  const order = await read();
  expect(order.refunded).toBe(order.totals?.total);
  await expect.poll(async () => (await shop.variant(sku)).available, { timeout: 15_000 }).toBe(stock);
  expect(await ledgerSum()).toBe(0);
});

test("a payment that its provider decides late makes the order paid by itself", async () => {
  const { read } = await buy("tok_processing_approve");
  await expect
    .poll(async () => (await read()).state, { timeout: 60_000 })
    .toMatch(/^(paid|shipped|delivered)$/);
});

test("an account is registered, logs in, sees its own orders and no others", async () => {
  const person = { email: `${randomUUID()}@example.com`, password: "correct horse battery", name: "Ada" };
  expect((await shop.send("POST", "/api/accounts", person)).status).toBe(202);
  const login = await shop.send("POST", "/api/sessions", { email: person.email, password: person.password });
  expect(login.status).toBe(201);
  const headers = { authorization: `Bearer ${(login.body as { accessToken: string }).accessToken}` };

  const [sku = ""] = await shop.skusInStock(1, 10);
  const ordered = await shop.send("POST", "/api/orders", orderOf(sku), {
    ...headers,
    "idempotency-key": randomUUID(),
  });
  expect(ordered.status, JSON.stringify(ordered.body)).toBe(201);
  const mine = await shop.send("GET", "/api/orders", undefined, headers);
  expect((mine.body as { items: Order[] }).items.map(({ id }) => id)).toEqual([(ordered.body as Order).id]);

  const stranger = await buy();
  expect((await shop.send("GET", stranger.path, undefined, headers)).status).toBe(404);
  expect((await shop.send("GET", "/api/orders")).status).toBe(401);
});

test("a cart that a replica has acknowledged outlives the Redis primary", async () => {
  const [sku = ""] = await shop.skusInStock(1, 10);
  const put = async (quantity: number, headers: Record<string, string> = {}) =>
    shop.send("PUT", `/api/cart/lines/${encodeURIComponent(sku)}`, { quantity }, headers);
  const first = await put(2);
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  expect((first.body as Cart).replicated).toBe(true);
  const cookie = { cookie: String(first.headers["set-cookie"]).split(";", 1)[0] ?? "" };

  const primary = await cluster.redisPrimary(namespace);
  let seconds = Number.NaN;
  // Nothing new may start: the killed server stays away, as one does whose machine is lost.
  await cluster.withoutNewPods(async () => {
    await cluster.killPod(namespace, primary);
    const killed = performance.now();
    // How long it takes is for the drill to judge: Sentinel itself rests for 30 s when it got no CPU for two.
    const often = { timeout: 120_000, interval: 100 };
    await expect.poll(() => cluster.redisPrimary(namespace, primary), often).not.toBe(primary);
    await expect.poll(async () => (await put(3, cookie)).status, often).toBe(200);
    seconds = (performance.now() - killed) / 1000;
  });
  const cart = await shop.send("GET", "/api/cart", undefined, cookie);
  expect((cart.body as Cart).lines).toMatchObject([{ sku, quantity: 3 }]);
  console.log(`Redis took writes again ${seconds.toFixed(1)} s after its primary was killed`);
});

test("the ledger agrees with the provider's books, and nothing lies among the dead letters", async () => {
  const command = (...words: string[]) =>
    stack.checkout.run("deploy/service-command.ts", "--stack", stack.name, ...words);
  const reconciled = await command("payment", "reconcile", "--json");
  expect(reconciled.code, reconciled.stdout + reconciled.stderr).toBe(0);
  for (const service of ["order", "logistics", "review", "catalog"]) {
    const letters = await command(service, "redrive", "--list", "--json");
    expect(letters.code, letters.stdout + letters.stderr).toBe(0);
  }
});
