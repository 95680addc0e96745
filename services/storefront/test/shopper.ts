import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { focusedName } from "./in-page.ts";
import { PASSWORD } from "./people.ts";

/** Somebody at a page of the shop, who finds everything by what it is called, as people and screen readers do. */
export class Shopper {
  readonly page: Page;
  readonly #origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  /** Follows an address, and waits until the view is drawn and its data are there. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.#origin + path);
    await this.settled();
  }

  /** Waits until nothing is loading any more. */
  async settled(): Promise<void> {
    await this.page.locator("main h1").first().waitFor();
    await this.page.waitForLoadState("networkidle");
  }

  heading = (name: string | RegExp) => this.page.getByRole("heading", { level: 1, name }).waitFor();

  press = (name: string | RegExp) => this.page.getByRole("button", { name }).click();

  follow = (name: string | RegExp) => this.page.getByRole("link", { name }).first().click();

  /** Waits until the page says something. */
  sees = (text: string | RegExp) => this.page.getByText(text).first().waitFor();

  /** What the cart's sign says. */
  cartSays = (pieces: string) => this.page.getByRole("link", { name: `Cart, ${pieces}` }).waitFor();

  /** Makes an account and comes out of it logged in. */
  async register(next = "/account"): Promise<string> {
    const email = `${randomUUID()}@example.com`;
    await this.open(`/register?next=${next}`);
    await this.page.getByLabel("Name").fill("Ada Lovelace");
    await this.page.getByLabel("E-mail address").fill(email);
    await this.page.getByLabel("Password").fill(PASSWORD);
    await this.press("Register");
    await this.page.getByRole("link", { name: "Your account, Ada Lovelace" }).waitFor();
    return email;
  }

  async logIn(email: string, password = PASSWORD): Promise<void> {
    await this.open("/login");
    await this.page.getByLabel("E-mail address").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.press("Log in");
    await this.heading("Your account");
  }

  /** Puts one piece of a product into the cart. */
  async take(productId: string): Promise<void> {
    await this.open(`/products/${productId}`);
    await this.press("Add to cart");
    await this.sees("It is in your cart.");
  }

  /** Fills in the checkout's form. */
  async fillIn(card = "approved"): Promise<void> {
    const { page } = this;
    await page.getByLabel("E-mail address").fill("ada@example.com");
    await page.getByLabel("Full name").fill("Ada Lovelace");
    await page.getByLabel("Street and number").fill("Unter den Linden 1");
    await page.getByLabel("Postal code").fill("10117");
    await page.getByLabel("Town").fill("Berlin");
    await page
      .getByRole("radio", { name: `Test card: ${card}`, exact: false })
      .first()
      .check();
  }

  /** Orders what is in the cart, and comes out at the order's page. */
  async order(): Promise<void> {
    await this.open("/checkout");
    await this.fillIn();
    await this.press("Order and pay");
    await this.heading("Thank you for your order");
  }

  /** What has the focus, by the name that it is announced with. */
  focused = (): Promise<string> => focusedName(this.page);

  /** Presses the tabulator until something has the focus, as somebody without a mouse does. */
  async tabTo(name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < 120; presses++) {
      await this.page.keyboard.press(key);
      const focused = await this.focused();
      if (name.test(focused)) return;
      passed.push(focused);
    }
    expect.fail(`no way to ${name} by the keyboard, only ${passed.join(" | ")}`);
  }
}
