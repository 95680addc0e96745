/** The whole way from the start page to an order, in Chromium, against every service for real. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { Session } from "../../contracts/account-api.ts";
import { OrderPage } from "../../contracts/order-api.ts";
import { complaintsOf, openBrowser, VIEWPORTS, visit } from "../test/browser.ts";
import { PASSWORD, PEOPLE } from "../test/people.ts";
import { Shop } from "../test/shop.ts";
import { Shopper } from "../test/shopper.ts";

const COUNT_ORDERS = statement<{ count: number }>("shop-orders", "SELECT count(*) AS count FROM orders");

let shop: Shop;
let browser: Browser;
let shopper: Shopper;
let context: BrowserContext;
let complaints: string[];

beforeAll(async () => {
  [shop, browser] = await Promise.all([Shop.start({ handling: 600, carrierStep: 600 }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
beforeEach(async () => {
  const page = await visit(browser);
  context = page.context();
  complaints = complaintsOf(context);
  shopper = new Shopper(page, shop.origin);
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

/** Requests to order that have left the browser, with their keys. */
function keysSent(): string[] {
  const keys: string[] = [];
  shopper.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === "POST" && pathname === "/api/orders") {
      keys.push(request.headers()["idempotency-key"] ?? "none");
    }
  });
  return keys;
}

/** Orders that the order service has stored. */
async function ordersStored(): Promise<number> {
  const rows = await shop.databases.get("order")?.database.query(COUNT_ORDERS, []);
  return rows?.[0]?.count ?? Number.NaN;
}

describe("somebody who shops", () => {
  test("finds, chooses, registers, orders and cancels", async () => {
    const { page } = shopper;
    await shopper.open("/");
    await page.getByRole("searchbox", { name: "Search the shop" }).pressSequentially("teapo");
    await shopper.heading("“teapo”");
    expect(new URL(page.url()).search).toBe("?q=teapo");
    await page.getByRole("link", { name: "Ash teapot" }).click();
    await shopper.heading("Ash teapot");
    await shopper.press("One more of Ash teapot");
    await shopper.press("Add to cart");
    await shopper.cartSays("2 pieces");
    await shopper.follow("See the cart");
    await shopper.heading("Your cart");
    await shopper.sees("€68.00");

    // What a guest put into the cart is still there after the registration.
    const email = await shopper.register("/checkout");
    await shopper.heading("Checkout");
    await shopper.cartSays("2 pieces");
    expect(await page.getByLabel("E-mail address").inputValue()).toBe(email);
    await shopper.fillIn();
    await page.getByRole("radio", { name: "Express" }).check();
    await shopper.sees("€80.90");
    await shopper.press("Order and pay");
    await shopper.heading("Thank you for your order");
    await shopper.cartSays("0 pieces");

    await shopper.open("/orders");
    await shopper.follow("Ash teapot");
    await shopper.press("Cancel the order");
    await shopper.press("Yes, cancel it");
    await page.getByRole("heading", { level: 2, name: "Cancelled" }).waitFor();
    await shopper.sees("Given back");
  });

  test("orders without an account, and sees the order again only by its link", async () => {
    const { page } = shopper;
    await shopper.take("ash-bookend");
    await shopper.order();
    const address = page.url();
    expect(new URL(address).hash).not.toBe("");

    const elsewhere = new Shopper(await visit(browser), shop.origin);
    await elsewhere.page.goto(address);
    await elsewhere.heading("Thank you for your order");
    await elsewhere.sees("Unter den Linden 1");
    await elsewhere.page.context().close();

    const stranger = new Shopper(await visit(browser), shop.origin);
    await stranger.page.goto(address.replace(/#.*/, ""));
    await stranger.heading("Whose order is this?");
    await stranger.page.context().close();
  });

  test("is told that a card was declined, and orders with another one", async () => {
    const keys = keysSent();
    await shopper.take("ash-bookend");
    await shopper.open("/checkout");
    await shopper.fillIn("declined");
    await shopper.press("Order and pay");
    await shopper.sees("Your bank declined the payment. Nothing was charged.");
    await shopper.page.getByRole("radio", { name: "Test card: approved" }).first().check();
    await shopper.press("Order and pay");
    await shopper.heading("Thank you for your order");
    expect(new Set(keys).size).toBe(2);
  });

  test("is told that the price has changed, and pays the one that they have seen", async () => {
    const prices = shop.databases.get("catalog")?.database;
    const change = (by: string) =>
      prices?.script(`UPDATE variant SET price = price ${by} WHERE product_id = 'ash-bookend'`);
    await shopper.take("ash-bookend");
    await shopper.open("/checkout");
    await shopper.fillIn();
    await shopper.sees("€16.40");
    await change("+ 100");
    try {
      await shopper.press("Order and pay");
      await shopper.sees("The price has changed while you were here. Nothing was charged.");
      await shopper.sees("€17.40");
      await shopper.press("Order and pay");
      await shopper.heading("Thank you for your order");
      await shopper.sees("€17.40");
    } finally {
      await change("- 100");
    }
  });

  test("is given a part of the money back while the parcel is still to leave", async () => {
    await shopper.take("ash-bookend");
    await shopper.order();
    const desk = new Shopper(await visit(browser), shop.origin);
    await desk.logIn(PEOPLE.support);
    await desk.open(new URL(shopper.page.url()).pathname);
    expect(await desk.page.getByRole("button", { name: "Announce a return" }).count()).toBe(0);
    await desk.press("Give money back");
    await desk.sees("To give back all of it, cancel the order.");
    await desk.page.getByLabel("An amount in EUR").fill("2.50");
    await desk.page.getByLabel("Why").fill("Late");
    await desk.press("Give the money back");
    await desk.page.getByRole("region", { name: "Money given back" }).getByText("€2.50").waitFor();
    await desk.page.context().close();
  });

  test("goes back from a product to the list as it was", async () => {
    const { page } = shopper;
    await shopper.open("/products?sort=name");
    await shopper.press("Show more");
    await page.locator(".card").nth(30).waitFor();
    const cards = await page.locator(".card").count();
    await page.locator(".card a").nth(30).click();
    await page.getByRole("button", { name: "Add to cart" }).waitFor();
    await page.goBack();
    await shopper.heading("All goods");
    expect(await page.locator(".card").count()).toBe(cards);
  });

  test("narrows a list down, and the address says how", async () => {
    const { page } = shopper;
    await shopper.open("/products");
    await page
      .getByRole("navigation", { name: "Categories" })
      .getByRole("link", { name: "Lighting" })
      .click();
    await shopper.heading("Lighting");
    await page.getByLabel("Highest price").fill("70");
    await shopper.press("Apply");
    await page.getByLabel("Sort by").selectOption("Price, high to low");
    await page.waitForURL("**/products?category=lighting&sort=price-desc&maxPrice=7000");
    const prices = async () =>
      (await page.locator(".card .price").allInnerTexts()).map((text) => Number(/€([\d.]+)/.exec(text)?.[1]));
    // The list of before stays until the one that was asked for is there.
    await expect
      .poll(async () => {
        const shown = await prices();
        return shown.length > 0 && shown.every((price, index) => price <= (shown[index - 1] ?? 70));
      })
      .toBe(true);
  });

  test("stays logged in when the page is loaded again, in every tab, until they log out", async () => {
    await shopper.register();
    await shopper.open("/account");
    await shopper.heading("Your account");
    const other = new Shopper(await context.newPage(), shop.origin);
    await other.open("/account");
    await other.heading("Your account");
    await shopper.press(/^Log out$/);
    await shopper.heading("Log in");
    await other.heading("Log in");
  });
});

describe("a card whose bank decides late", () => {
  test.each([
    ["approved late", "Paid"],
    ["declined late", "Not completed"],
  ])("%s: the order's page goes on by itself to %s", async (card, outcome) => {
    await shopper.take("ash-bookend");
    await shopper.open("/checkout");
    await shopper.fillIn(card);
    await shopper.press("Order and pay");
    await shopper.page.waitForURL("**/orders/*");
    await shopper.page.getByRole("heading", { level: 2, name: outcome }).waitFor({ timeout: 30_000 });
  });
});

describe("when something breaks", () => {
  test("a script that the answering replica does not have yet is asked for again", async () => {
    const { page } = shopper;
    let missed = 0;
    await page.route("**/assets/*.js", (route) => {
      if (missed++ < 2) return route.fulfill({ status: 404, body: "" });
      return route.continue();
    });
    await page.goto(shop.origin);
    await shopper.heading("Things that stay");
    expect(missed).toBe(3);
  });

  test("an answer that is lost, and a page that is loaded again, never order twice", async () => {
    const { page } = shopper;
    const keys = keysSent();
    const before = await ordersStored();
    await shopper.take("ash-bookend");
    await shopper.open("/checkout");
    await shopper.fillIn();
    // The order arrives; its answer does not.
    await page.route("**/api/orders", async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    });
    await shopper.press("Order and pay");
    await shopper.sees("No answer yet");
    expect(await ordersStored()).toBe(before + 1);
    await page.unroute("**/api/orders");
    await page.reload();
    await shopper.heading("Thank you for your order");
    expect(await ordersStored()).toBe(before + 1);
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("a shop that cannot be reached says so, and goes on when it can", async () => {
    const { page } = shopper;
    await shopper.open("/");
    await page.route("**/api/products**", (route) => route.abort("internetdisconnected"));
    await page.getByRole("link", { name: "All goods", exact: true }).click();
    await shopper.sees("We could not reach the shop");
    await page.unroute("**/api/products**");
    await shopper.press("Try again");
    await page.locator(".card").first().waitFor();
  });

  test("a product can be bought while its reviews are away", async () => {
    const { page } = shopper;
    await page.route("**/api/reviews**", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        json: { type: "urn:tradestack:problem:unavailable", title: "Temporarily unavailable", status: 503 },
      }),
    );
    await shopper.open("/products/ash-bookend");
    await shopper.sees("Reviews cannot be shown right now");
    await shopper.press("Add to cart");
    await shopper.cartSays("1 piece");
  });

  test("goods that somebody else was faster to buy are named in the cart", async () => {
    await shopper.take("ash-bookend");
    await shopper.open("/cart");
    const quantity = shopper.page.getByRole("spinbutton", { name: "Quantity of Ash bookend" });
    await quantity.fill("1000");
    await quantity.press("Enter");
    await shopper.sees("Not as many are left.");
    await shopper.press(/^Take the \d+ that are left$/);
    await shopper.follow("Go to checkout");
    await shopper.heading("Checkout");
  });
});

test("everything can be bought with the keyboard alone, on a phone's width, too", async () => {
  const page = await visit(browser, { viewport: VIEWPORTS.phone });
  const typist = new Shopper(page, shop.origin);
  await typist.open("/");
  await page.keyboard.press("Tab");
  expect(await typist.focused()).toBe("Skip to content");
  await typist.tabTo(/^Search the shop$/);
  await page.keyboard.type("bookend ash");
  await typist.heading("“bookend ash”");
  await typist.settled();
  await typist.tabTo(/^Ash bookend$/);
  await page.keyboard.press("Enter");
  await typist.heading("Ash bookend");
  await expect.poll(() => typist.focused()).toBe("Ash bookend");
  await typist.tabTo(/^Add to cart$/);
  await page.keyboard.press("Enter");
  await typist.sees("It is in your cart.");
  await typist.tabTo(/^See the cart$/);
  await page.keyboard.press("Enter");
  await typist.heading("Your cart");
  await typist.settled();
  await typist.tabTo(/^Go to checkout$/);
  await page.keyboard.press("Enter");
  await typist.heading("Checkout");
  for (const [label, text] of [
    [/^E-mail address$/, "ada@example.com"],
    [/^Full name$/, "Ada Lovelace"],
    [/^Street and number$/, "Unter den Linden 1"],
    [/^Postal code$/, "10117"],
    [/^Town$/, "Berlin"],
  ] as const) {
    await typist.tabTo(label);
    await page.keyboard.type(text);
  }
  await typist.settled();
  await typist.tabTo(/^Order and pay$/);
  await page.keyboard.press("Enter");
  await typist.heading("Thank you for your order");
  await page.context().close();
});

test("what the pages show is what the API has", async () => {
  const email = await shopper.register();
  await shopper.take("ash-bookend");
  await shopper.order();
  const session = await shop.api(Session, "/sessions", {
    method: "POST",
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const headers = { authorization: `Bearer ${session.accessToken}` };
  const { items } = await shop.api(OrderPage, "/orders", { headers });
  expect(items).toHaveLength(1);
  const [order] = items;
  expect(new URL(shopper.page.url()).pathname).toBe(`/orders/${order?.id}`);
  expect(order).toMatchObject({ state: "paid", totals: { goods: 1150, shipping: 490, total: 1640 } });
  await shopper.sees("€16.40");
});
