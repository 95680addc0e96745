/** The shop's pages on a real cluster, in Chromium, through the ingress: from the start page to a parcel on its way. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminPassword } from "../../drills/platform/staff.ts";
import { barriersOn, complaintsOf, openBrowser, visit } from "../../services/storefront/test/browser.ts";
import { PASSWORD } from "../../services/storefront/test/people.ts";
import { Shopper } from "../../services/storefront/test/shopper.ts";
import { TestStack } from "../support/stack.ts";

const small = "scale: { min: 1, max: 1 }";
const stack = new TestStack(
  "e2e-pages",
  `  tradestack:tracing: { kind: builtin, ratio: 1 }
  tradestack:services:
    storefront: { scale: { min: 2, max: 2 } }
    gateway: { ${small} }
    catalog: { ${small} }
    review: { ${small} }
    cart: { ${small} }
    order: { ${small} }
    payment: { ${small} }
    logistics: { ${small}, environment: { HANDLING_SECONDS: 3, TRACKING_SECONDS: 1, CARRIER_STEP_SECONDS: 60 } }
    account: { ${small}, environment: { EMAIL_VERIFICATION: "off" } }
`,
);
/** A parcel is handed over after seconds; a busy machine takes longer, in milliseconds. */
const DISPATCH = 120_000;

/** Who has a part in an order, from the click to the parcel; reviews learn who may write one. */
const ON_THE_WAY = ["gateway", "order", "catalog", "payment", "logistics", "review"];

/** What is read here of traces that Jaeger finds. */
interface FoundTraces {
  readonly data: readonly {
    readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
  }[];
}

/** The services that have spans in the one trace in which an order's event was published. */
async function servicesOf(orderId: string): Promise<string[]> {
  const tags = encodeURIComponent(JSON.stringify({ "messaging.message.conversation_id": orderId }));
  const operation = encodeURIComponent("publish order.paid.v1");
  const path = `/api/v1/namespaces/${stack.namespace}/services/jaeger:16686/proxy/api/traces`;
  const query = `?service=order&operation=${operation}&tags=${tags}`;
  const { data }: FoundTraces = JSON.parse(await stack.cluster.kubectl("get", "--raw", path + query));
  expect(data.length).toBeLessThanOrEqual(1);
  const names = data.flatMap(({ processes }) =>
    Object.values(processes).map(({ serviceName }) => serviceName),
  );
  return [...new Set(names)].sort();
}

let browser: Browser;
let origin: string;

beforeAll(async () => {
  const result = await stack.up();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  const { port, hostname } = new URL(stack.cluster.ingress);
  origin = `http://${stack.host}${port === "" ? "" : `:${port}`}`;
  browser = await openBrowser([`--host-resolver-rules=MAP ${stack.host} ${hostname}`]);
});

afterAll(async () => {
  await browser?.close();
  const destroyed = await stack.remove();
  expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
});

test("somebody registers, orders and follows the parcel; no page is in anybody's way", async () => {
  const page = await visit(browser);
  const complaints = complaintsOf(page.context());
  const shopper = new Shopper(page, origin);
  await shopper.open("/");
  expect(await barriersOn(page)).toEqual([]);
  await shopper.register();
  await shopper.take("ash-bookend");
  await shopper.order();
  await page.getByRole("heading", { level: 2, name: "On its way" }).waitFor({ timeout: DISPATCH });
  const orderId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await shopper.follow("Follow the parcel");
  await shopper.sees("Berlin");
  await expect.poll(() => servicesOf(orderId)).toEqual([...ON_THE_WAY].sort());
  expect(await barriersOn(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("support gives a part of the money back, and goods that are on their way cannot be sent back yet", async () => {
  const shopper = new Shopper(await visit(browser), origin);
  await shopper.take("ash-bookend");
  await shopper.order();
  expect(await shopper.page.getByRole("button", { name: "Send something back" }).count()).toBe(0);

  const desk = new Shopper(await visit(browser), origin);
  await desk.logIn("admin@example.com", await adminPassword(stack.cluster, stack.namespace));
  await desk.open(new URL(shopper.page.url()).pathname);
  await desk.press("Give money back");
  await desk.page.getByLabel(/amount in EUR/).fill("2.50");
  await desk.page.getByLabel("Why").fill("Late");
  await desk.press("Give the money back");
  await desk.page.getByRole("region", { name: "Money given back" }).getByText("€2.50").waitFor();
  await desk.page.context().close();
  await shopper.page.context().close();
});

test("an account is deleted by its password alone", async () => {
  const shopper = new Shopper(await visit(browser), origin);
  await shopper.register();
  await shopper.page.getByLabel("Your password, to be sure").fill("somebody else's guess");
  await shopper.press("Delete my account");
  await shopper.sees("This password is not right. Nothing was deleted.");
  await shopper.page.getByLabel("Your password, to be sure").fill(PASSWORD);
  await shopper.press("Delete my account");
  await shopper.heading("Log in");
  await shopper.page.context().close();
});

test("a visitor notices nothing of a pod that dies", async () => {
  const page = await visit(browser);
  const shopper = new Shopper(page, origin);
  const pods = await stack.cluster.kubectl(
    "get",
    "pods",
    "--namespace",
    stack.namespace,
    "--selector=app.kubernetes.io/name=storefront",
    "--output=jsonpath={.items[0].metadata.name}",
  );
  await stack.cluster.kubectl("delete", "pod", "--namespace", stack.namespace, "--wait=false", pods);
  for (const path of ["/", "/products", "/products/ash-bookend", "/cart", "/login"]) await shopper.open(path);
  await page.context().close();
});

test("pages tell browsers to load nothing from elsewhere", async () => {
  const answer = await stack.shop.send("GET", "/products/ash-bookend");
  expect(answer.status).toBe(200);
  expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(answer.headers["cache-control"]).toBe("no-cache");
});
