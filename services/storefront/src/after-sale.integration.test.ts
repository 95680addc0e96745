/** What comes after an order: the parcel, a review, goods that go back, and the people who help. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Product } from "../../contracts/catalog-api.ts";
import { complaintsOf, openBrowser, visit } from "../test/browser.ts";
import { PASSWORD, PEOPLE } from "../test/people.ts";
import { Shop } from "../test/shop.ts";
import { Shopper } from "../test/shopper.ts";

let shop: Shop;
let browser: Browser;

beforeAll(async () => {
  [shop, browser] = await Promise.all([Shop.start({ handling: 0, carrierStep: 0 }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});

/** Parcels move in the background; nobody waits longer for one here, in milliseconds. */
const DELIVERY = 45_000;

test("a parcel is followed to the door, its goods are reviewed, and one of them goes back", {
  timeout: 120_000,
}, async () => {
  const page = await visit(browser);
  const complaints = complaintsOf(page.context());
  const shopper = new Shopper(page, shop.origin);
  await shopper.register();
  await shopper.take("ash-bookend");
  await shopper.take("ash-bookend");
  await shopper.order();
  const address = page.url();
  await page.getByRole("heading", { level: 2, name: "Delivered" }).waitFor({ timeout: DELIVERY });

  await shopper.follow("Follow the parcel");
  await page.getByRole("heading", { level: 2, name: "Delivered" }).waitFor();
  await shopper.sees(/Berlin/);

  // A buyer may say something; who did not buy is not even asked.
  await shopper.open("/products/ash-bookend");
  await shopper.press("Write a review");
  await page.getByRole("radio", { name: "4 stars" }).check({ force: true });
  await page.getByLabel("In a few words").fill("Holds what it should");
  await page.getByLabel("What was good, what was not?").fill("Heavy enough for a metre of atlases.");
  await page.getByLabel("Name to show with it").fill("Ada");
  await shopper.press("Publish");
  await page.getByRole("heading", { name: "Holds what it should" }).waitFor();
  await page.getByRole("button", { name: "Change your review" }).waitFor();
  await shopper.open("/products/glass-pendant-light");
  expect(await page.getByRole("button", { name: "Write a review" }).count()).toBe(0);

  // What goes back is announced; its money waits until the goods are here.
  await page.goto(address);
  const announce = async () => {
    await shopper.press("Send something back");
    await page.getByLabel("Ash bookend").selectOption("1 back");
    await page.getByLabel("Why").fill("One too many");
    await shopper.press("Announce the return");
    await page
      .getByRole("region", { name: "Goods sent back" })
      .getByText("We are waiting for them")
      .waitFor();
  };
  await announce();
  expect(await page.getByRole("region", { name: "Money given back" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "The goods are here" }).count()).toBe(0);
  await shopper.press("They do not come");
  await shopper.sees("They stay with the customer");
  await announce();

  const storeroom = new Shopper(await visit(browser), shop.origin);
  await storeroom.logIn(PEOPLE.merchant);
  await storeroom.follow("Returns");
  await storeroom.heading("Goods that come back");
  await storeroom.sees("One too many");
  await storeroom.press("The goods are here");
  await storeroom.sees("Nothing is waited for.");
  await storeroom.page.context().close();

  await shopper.page.reload();
  await shopper.sees("They are here");
  await page.getByRole("region", { name: "Money given back" }).getByText("€11.50").waitFor();

  // Support finds the order by the address that it was made with, and gives back the rest.
  const desk = new Shopper(await visit(browser), shop.origin);
  await desk.logIn(PEOPLE.support);
  await desk.open("/support");
  await desk.page.getByLabel("E-mail address").fill("ada@example.com");
  await desk.press("Find");
  await desk.follow("Ash bookend");
  await desk.press("Give money back");
  await desk.page.getByLabel("Or an amount in EUR").fill("16.40");
  await desk.page.getByLabel("Why").fill("Scratched on the way");
  await desk.press("Give the money back");
  await desk.page.getByRole("heading", { level: 2, name: "Refunded" }).waitFor();
  await desk.page.context().close();

  await shopper.open("/support");
  await shopper.heading("This page is not here");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("an account is deleted by who knows its password, and by nobody else", { timeout: 60_000 }, async () => {
  const shopper = new Shopper(await visit(browser), shop.origin);
  const email = await shopper.register();
  const { page } = shopper;
  await page.getByLabel("Your password, to be sure").fill("somebody else's guess");
  await shopper.press("Delete my account");
  await shopper.sees("This password is not right. Nothing was deleted.");
  await page.getByLabel("Your password, to be sure").fill(PASSWORD);
  await shopper.press("Delete my account");
  await shopper.heading("Log in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await shopper.press("Log in");
  await page.getByRole("alert").waitFor();
  await page.context().close();
});

test("a merchant changes a product, its price, its pictures and its stock; a shopper may not", {
  timeout: 60_000,
}, async () => {
  const shopper = new Shopper(await visit(browser), shop.origin);
  await shopper.register();
  await shopper.open("/merchant/iron-lantern");
  await shopper.heading("This page is not here");
  await shopper.page.context().close();

  const page = await visit(browser);
  const complaints = complaintsOf(page.context());
  const merchant = new Shopper(page, shop.origin);
  await merchant.logIn(PEOPLE.merchant);
  await merchant.follow("The shop's goods");
  await merchant.heading("The shop's goods");
  await page.getByLabel("Words of the name").fill("iron lantern");
  await merchant.press("Find");
  await page.getByRole("main").getByRole("link", { name: "Iron lantern" }).click();
  await merchant.heading("Iron lantern");
  await page.getByLabel("Name").fill("Storm lantern");
  await page
    .getByLabel(/^Price of/)
    .first()
    .fill("free");
  await merchant.press("Save the product");
  await merchant.sees("This is not an amount of money: free");
  await page
    .getByLabel(/^Price of/)
    .first()
    .fill("45.5");
  await page.getByLabel(/^What picture 1 shows/).fill("A lantern for storms");
  await page
    .getByRole("button", { name: /^Leave picture \d out/ })
    .last()
    .click();
  await merchant.press("Save the product");
  await merchant.sees("The product is saved");
  await page
    .getByLabel(/^Pieces of/)
    .first()
    .fill("7");
  await merchant.press("Save the stock");
  await merchant.sees("The stock is saved");

  const product = await shop.api(Product, "/products/iron-lantern");
  expect(product).toMatchObject({ name: "Storm lantern", images: [{ alt: "A lantern for storms" }] });
  expect(product.variants[0]).toMatchObject({ price: 4550, available: 7 });
  const picture = await fetch(shop.origin + product.images[0]?.url);
  expect(picture.status).toBe(200);
  expect(complaints).toEqual([]);
  await page.context().close();
});
