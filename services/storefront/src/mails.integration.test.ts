/** What somebody does who gets a mail from the shop: confirms the address, or chooses a new password. */
import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PostOffice } from "../../account/test/post-office.ts";
import { complaintsOf, openBrowser, visit } from "../test/browser.ts";
import { PASSWORD } from "../test/people.ts";
import { Shop } from "../test/shop.ts";
import { Shopper } from "../test/shopper.ts";

const NEW_PASSWORD = "another one that nobody guesses";

let office: PostOffice;
let shop: Shop;
let browser: Browser;

beforeAll(async () => {
  office = await PostOffice.open();
  const account = {
    EMAIL_VERIFICATION: "required",
    MAIL_URL: office.url,
    PUBLIC_URL: "https://shop.example",
  };
  [shop, browser] = await Promise.all([
    Shop.start({ handling: 600, carrierStep: 600, account }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
  await office?.close();
});

/** Path and fragment of the link in the newest mail with this subject. */
async function linkIn(email: string, subject: string): Promise<string> {
  const find = () => office.to(email).findLast((mail) => mail.subject === subject)?.text;
  await expect.poll(find, { timeout: 60_000 }).toBeDefined();
  return /https:\/\/shop\.example(\/\S+)/.exec(find() ?? "")?.[1] ?? "";
}

test("an address is confirmed, a password forgotten and replaced, and a link that was used is of no more use", {
  timeout: 120_000,
}, async () => {
  const page = await visit(browser);
  const complaints = complaintsOf(page.context());
  const shopper = new Shopper(page, shop.origin);
  const email = `${randomUUID()}@example.com`;
  const logIn = async (password: string) => {
    await shopper.open("/login");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await shopper.press("Log in");
  };

  await shopper.open("/register");
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await shopper.press("Register");
  await shopper.heading("Nearly done");
  await logIn(PASSWORD);
  await shopper.sees("E-mail address and password do not belong together.");

  await shopper.open(`/verify-email#${"A".repeat(43)}`);
  await shopper.sees("This link was used before, is too old, or is not whole.");
  // The same page with another token is a jump within it to the browser; a link in a mail opens it anew.
  await page.goto("about:blank");
  await shopper.open(await linkIn(email, "Confirm your e-mail address"));
  await shopper.heading("Welcome");

  await shopper.open("/forgot-password");
  await page.getByLabel("E-mail address").fill(email);
  await shopper.press("Send me a link");
  await shopper.heading("Look at your mail");
  const reset = await linkIn(email, "Set a new password");
  await shopper.open(reset);
  await page.getByLabel("New password").fill("password123");
  await shopper.press("Change the password");
  await shopper.sees("This password is too easy to guess.");
  await page.getByLabel("New password").fill(NEW_PASSWORD);
  await shopper.press("Change the password");
  await shopper.heading("Your password is changed");

  await page.goto("about:blank");
  await shopper.open(reset);
  await page.getByLabel("New password").fill(`${NEW_PASSWORD}, again`);
  await shopper.press("Change the password");
  await shopper.sees("This link was used before or is too old.");

  await logIn(PASSWORD);
  await shopper.sees("E-mail address and password do not belong together.");
  await logIn(NEW_PASSWORD);
  await shopper.heading("Your account");

  await page.getByRole("textbox", { name: "Name" }).fill("Ada King");
  await shopper.press("Save the name");
  await shopper.sees("Your name is saved");
  await page.getByRole("link", { name: "Your account, Ada King" }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});
