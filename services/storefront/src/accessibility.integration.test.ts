/** Every view, in light and dark, on a phone and on a desk, has nothing that axe finds in the way of anybody. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Order } from "../../contracts/order-api.ts";
import { barriersOn, openBrowser, VIEWPORTS, visit } from "../test/browser.ts";
import { contentWidth, smallTargets } from "../test/in-page.ts";
import { PEOPLE } from "../test/people.ts";
import { Shop } from "../test/shop.ts";
import { Shopper } from "../test/shopper.ts";

/** Smallest side of what is pressed, in CSS pixels. */
const TARGET = 44;

let shop: Shop;
let browser: Browser;
let tracking = "";

beforeAll(async () => {
  [shop, browser] = await Promise.all([Shop.start({ handling: 0, carrierStep: 600 }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});

/** A parcel's number, of an order that is on its way. */
async function parcelOf(shopper: Shopper): Promise<string> {
  if (tracking !== "") return tracking;
  const { pathname, hash } = new URL(shopper.page.url());
  await expect
    .poll(
      async () => {
        const order = await shop.api(Order, pathname, { headers: { "order-token": hash.slice(1) } });
        tracking = order.tracking?.trackingNumber ?? "";
        return tracking;
      },
      { timeout: 60_000 },
    )
    .not.toBe("");
  return tracking;
}

describe.each([
  ["a phone", VIEWPORTS.phone],
  ["a desk", VIEWPORTS.desktop],
] as const)("on %s", (_name, viewport) => {
  test.each(["light", "dark"] as const)("in %s", { timeout: 240_000 }, async (colorScheme) => {
    const page = await visit(browser, { viewport, colorScheme });
    const shopper = new Shopper(page, shop.origin);
    const found: string[] = [];
    const look = async (what: string) => {
      await shopper.settled();
      found.push(...(await barriersOn(page)).map((barrier) => `${what}: ${barrier}`));
      found.push(...(await smallTargets(page, TARGET)).map((target) => `${what}: small target ${target}`));
      const width = await contentWidth(page);
      if (width > viewport.width) found.push(`${what}: ${width} pixels wide`);
    };
    const open = async (path: string) => {
      await shopper.open(path);
      await look(path);
    };

    for (const path of [
      "/",
      "/products",
      "/products?q=nothing-has-this-name",
      "/products/ash-bookend",
      "/products/glass-pendant-light",
      "/products/no-such-product",
      "/login",
      "/register",
      "/forgot-password",
      "/reset-password",
      `/reset-password#${"A".repeat(43)}`,
      "/verify-email",
      "/tracking",
      "/tracking/NOSUCHPARCEL1",
      "/cart",
      "/orders",
      "/no/such/page",
    ]) {
      await open(path);
    }

    await shopper.take("ash-bookend");
    await look("product in the cart");
    await open("/cart");
    await open("/checkout");
    await shopper.fillIn("declined");
    await shopper.press("Order and pay");
    await shopper.sees("Nothing was charged");
    await look("declined card");
    await shopper.order();
    await look("order");
    await open(`/tracking/${await parcelOf(shopper)}`);

    await shopper.register();
    await look("/account");
    await shopper.take("ash-bookend");
    await shopper.order();
    await open("/orders");

    const staff = new Shopper(page, shop.origin);
    await page.context().clearCookies();
    await page.evaluate("localStorage.clear()");
    await staff.logIn(PEOPLE.merchant);
    for (const path of ["/merchant?q=lantern", "/merchant/iron-lantern", "/returns"]) await open(path);
    expect(found).toEqual([]);
    await page.context().close();
  });
});
