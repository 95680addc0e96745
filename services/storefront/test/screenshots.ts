/**
 * Takes the pictures of the shop that the documentation shows, from the running services:
 *
 *   node services/storefront/test/screenshots.ts
 *
 * It needs the servers that TEST_POSTGRES_URL, TEST_REDIS_URL and TEST_BROKER_URL name.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, VIEWPORTS, visit } from "./browser.ts";
import { composed } from "./in-page.ts";
import { smallerPng } from "./png.ts";
import { Shop } from "./shop.ts";
import { Shopper } from "./shopper.ts";

const DIRECTORY = join(import.meta.dirname, "../../../docs/images");

/** What people wrote who bought the product of the picture. */
const REVIEWS = [
  {
    author: "Ines",
    stars: 5,
    title: "The light I was looking for",
    text: "Warm, calm, and it does not dazzle. The cable is long enough for our high ceiling.",
  },
  {
    author: "Tom",
    stars: 4,
    title: "Lovely over the table",
    text: "Everyone asks where it is from. One star less because the canopy could be smaller.",
  },
  { author: "Mirjam", stars: 5, title: "Even nicer than in the picture", text: "" },
] as const;
const REVIEWED = "glass-pendant-light";

/** Small enough for a document, large enough to read. */
const WINDOW = { width: 1060, height: 660 };

const shop = await Shop.start({ handling: 1, carrierStep: 600 });
const browser = await openBrowser();
mkdirSync(DIRECTORY, { recursive: true });
try {
  for (const review of REVIEWS) await buyAndReview(browser, review);
  await take("home", await visitor(), (shopper) => shopper.open("/"));
  await take("dark", await visitor({ colorScheme: "dark" }), (shopper) =>
    shopper.open("/products?category=lighting"),
  );
  await take("product", await visitor(), (shopper) => shopper.open(`/products/${REVIEWED}`));
  await take("phone", await visitor({ viewport: VIEWPORTS.phone, deviceScaleFactor: 2 }), (shopper) =>
    shopper.open(`/products/${REVIEWED}`),
  );
  const buyer = await visitor();
  await take("checkout", buyer, async (shopper) => {
    await shopper.take(REVIEWED);
    await shopper.take("ash-teapot");
    await shopper.open("/checkout");
    await shopper.fillIn();
  });
  await take("order", buyer, async (shopper) => {
    await shopper.press("Order and pay");
    await shopper.heading("Thank you for your order");
    await shopper.page.getByRole("heading", { level: 2, name: "On its way" }).waitFor();
  });
} finally {
  await browser.close();
  await shop.stop();
}

async function visitor(options: Parameters<typeof visit>[1] = {}): Promise<Shopper> {
  return new Shopper(await visit(browser, { viewport: WINDOW, ...options }), shop.origin);
}

/** Somebody who buys the product and says what they think of it. */
async function buyAndReview(
  chromium: Browser,
  { author, stars, title, text }: (typeof REVIEWS)[number],
): Promise<void> {
  const shopper = new Shopper(await visit(chromium), shop.origin);
  const { page } = shopper;
  await shopper.register();
  await shopper.take(REVIEWED);
  await shopper.order();
  const write = page.getByRole("button", { name: "Write a review" });
  // Who bought what is told to the reviews in the background.
  for (let attempts = 0; attempts < 20 && !(await write.isVisible()); attempts++) {
    await shopper.open(`/products/${REVIEWED}`);
  }
  await write.click();
  await page.getByRole("radio", { name: `${stars} stars` }).check({ force: true });
  await page.getByLabel("In a few words").fill(title);
  await page.getByLabel("What was good, what was not?").fill(text);
  await page.getByLabel("Name to show with it").fill(author);
  await shopper.press("Publish");
  await page.getByRole("heading", { name: title }).waitFor();
  await page.context().close();
}

/** Takes one picture, once every image is drawn. */
async function take(
  name: string,
  shopper: Shopper,
  prepare: (shopper: Shopper) => Promise<void>,
): Promise<void> {
  await prepare(shopper);
  await shopper.settled();
  await composed(shopper.page);
  const picture = await shopper.page.screenshot({ caret: "hide" });
  writeFileSync(join(DIRECTORY, `storefront-${name}.png`), smallerPng(picture));
}
