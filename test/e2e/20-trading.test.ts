/**
 * The whole chain: this checkout's program put onto a real cluster, orders through the ingress, a pod killed in the
 * middle, a service upgraded in place, everything taken down again.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outcomeOf } from "../../drills/load/traffic.ts";
import { underLoad } from "../../drills/load/under-load.ts";
import { Auditor } from "../../drills/platform/books.ts";
import type { Cluster } from "../../drills/platform/cluster.ts";
import { orderOf, type Shop } from "../../drills/platform/shop.ts";
import { checkLine, Findings } from "../../drills/runner/findings.ts";
import { ORDER_TOKEN_HEADER, type Order } from "../../services/contracts/order-api.ts";
import { TestStack } from "../support/stack.ts";

// One replica of those that are not tried here leaves the machine to those that are; and none of these is scaled, which
// would add pods in the middle of a test that looks at them, more than the machine has room for.
const stack = new TestStack(
  "e2e",
  `  tradestack:services:
    storefront: { scale: { min: 1, max: 1 } }
    review: { scale: { min: 1, max: 1 } }
    cart: { scale: { min: 1, max: 1 } }
    logistics: { scale: { min: 1, max: 1 } }
    account: { scale: { min: 1, max: 1 } }
    gateway: { scale: { min: 2, max: 2 } }
    catalog: { scale: { min: 2, max: 2 } }
    order: { scale: { min: 2, max: 2 } }
    payment: { scale: { min: 2, max: 2 } }
`,
);
const { namespace: NAMESPACE, checkout } = stack;
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
  expect(await cluster.namespaceExists(NAMESPACE)).toBe(false);
});

describe("an order", () => {
  test("is paid, stored and taken from the stock; the same key answers the same and changes nothing", async () => {
    const [sku = ""] = await shop.skusInStock(1, 10);
    const before = await shop.variant(sku);
    const key = randomUUID();

    const first = await shop.order(orderOf(sku, 2), key);
    expect(first.status, JSON.stringify(first.body)).toBe(201);
    expect(first.body).toMatchObject({
      state: "paid",
      totals: { goods: before.unitPrice * 2 },
      currency: before.currency,
    });

    const again = await shop.order(orderOf(sku, 2), key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);

    const otherBody = await shop.order(orderOf(sku, 1), key);
    expect(otherBody.status).toBe(422);

    const { id, accessToken } = first.body as Order;
    const path = `/api/orders/${id}`;
    const stored = await shop.send("GET", path, undefined, { [ORDER_TOKEN_HEADER]: String(accessToken) });
    expect(stored.status).toBe(200);
    expect(stored.body).toMatchObject({ id, refunded: 0 });
    expect((await shop.send("GET", path)).status).toBe(404);
    expect((await shop.variant(sku)).available).toBe(before.available - 2);
  });

  test.each([
    ["not JSON", "{"],
    ["no lines", { ...orderOf("SKU"), lines: undefined }],
    ["a negative quantity", orderOf("SKU", -1)],
    ["a quantity of the wrong type", { ...orderOf("SKU"), lines: [{ sku: "SKU", quantity: "many" }] }],
  ])("with %s is refused with 400 and a reason", async (_name, body) => {
    const answer = await shop.send("POST", "/api/orders", body, { "idempotency-key": randomUUID() });
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(JSON.stringify(answer.body).length).toBeGreaterThan(20);
  });

  test("whose card is declined is not paid, and gives its stock back", async () => {
    const [sku = ""] = await shop.skusInStock(1, 10);
    const before = await shop.variant(sku);
    const answer = await shop.order(orderOf(sku, 1, "tok_decline"));
    expect(answer.status).toBe(402);
    await expect
      .poll(async () => (await shop.variant(sku)).available, { timeout: 15_000 })
      .toBe(before.available);
  });
});

test("a failed login is found in the logs by its trace, and tells neither address nor password", async () => {
  const traceId = randomBytes(16).toString("hex");
  const credentials = { email: "mallory@shop.example", password: "not the one at all" };
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
  expect((await shop.send("POST", "/api/sessions", credentials, headers)).status).toBe(401);
  const logged = async () => {
    const options = ["--stack", stack.name, "--trace", traceId, "--json"];
    return (await checkout.run("deploy/logs-command.ts", ...options)).stdout;
  };
  await expect.poll(logged).toContain('"security":"login-failed"');
  expect(await logged()).not.toMatch(/mallory|not the one at all/);
});

test("order pods killed in the middle: every acknowledged order is paid once and the books balance", async () => {
  const [sku = ""] = await shop.skusInStock(1, 60);
  const stock = (await shop.variant(sku)).available;
  const auditor = await Auditor.begin(cluster, NAMESPACE);

  const orders = Array.from({ length: 40 }, async (_, index) => {
    if (index === 15) await cluster.killPods(NAMESPACE, "order");
    return shop.orderUntilAnswered(orderOf(sku));
  });
  const answers = await Promise.all(orders);
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));

  const findings = new Findings();
  const acknowledged = answers.map(({ body }) => (body as Order).id);
  const { paid } = await auditor.judge(acknowledged, findings, new AbortController().signal);
  expect(findings.checks.filter(({ passed }) => !passed).map(checkLine)).toEqual([]);
  expect(paid).toBe(40);
  await expect.poll(async () => (await shop.variant(sku)).available, { timeout: 15_000 }).toBe(stock - 40);
});

test("a second up with nothing changed leaves every pod as it is", async () => {
  const before = await cluster.podNames(NAMESPACE);
  const result = await stack.up();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  expect(await cluster.podNames(NAMESPACE)).toEqual(before);
});

test("a service upgraded in place under load fails no request", async () => {
  const image = () => cluster.imageOf(NAMESPACE, "catalog");
  const before = await image();
  checkout.edit("services/catalog/src/main.ts", (text) => `${text}\nprocess.title = "catalog-upgraded";\n`);

  const look = async () => outcomeOf("products", await shop.send("GET", "/api/products"));
  const load = await underLoad(40, look, new AbortController().signal, async () => {
    const result = await stack.up();
    expect(result.code, result.stdout + result.stderr).toBe(0);
  });

  expect(await image()).not.toBe(before);
  expect([...load.outcomes.keys()]).toEqual(["products 200"]);
  expect(load.samples.length).toBeGreaterThan(100);
});
