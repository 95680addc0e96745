import { randomUUID } from "node:crypto";
import { ORDER_TOKEN_HEADER, type Order } from "../../services/contracts/order-api.ts";
import { type Answer, orderOf, type Shop } from "../platform/shop.ts";
import { putOnSale } from "../platform/staff.ts";
import type { Stage } from "../runner/drill.ts";

/** What shoppers do, and how often among twenty requests: much looking, little buying. */
const SHARES = {
  home: 2,
  list: 4,
  search: 2,
  product: 4,
  reviews: 1,
  cart: 2,
  "read cart": 1,
  quote: 1,
  order: 2,
  "follow order": 1,
} as const;

/** One thing that shoppers do. */
export type Deed = keyof typeof SHARES;
const DEEDS = Object.keys(SHARES) as Deed[];

/** Goods of which there are always enough: some kinds, so that buyers do not wait for each other at one of them. */
const KINDS = 40;
const PIECES = 1_000_000;

const SEARCHES = ["lamp", "oak", "linen", "ash bookend", "mug"];
const QUOTE = { country: "DE" };

/** Whether a request ended in a way that a shopper would call a failure. */
export const isFailure = (outcome: string): boolean => !/ 2\d\d$/.test(outcome);

/**
 * How an answer is told: `order 201`. A 503 that does not say when to try again is told apart, and a 404 that is no
 * problem of the API: the ingress' own, while it has nobody to send a request to.
 */
export function outcomeOf(what: string, { status, headers }: Pick<Answer, "status" | "headers">): string {
  const bare = status === 503 && headers["retry-after"] === undefined;
  const foreign = status === 404 && !String(headers["content-type"]).includes("json");
  return `${what} ${status}${bare ? " without Retry-After" : ""}${foreign ? " from the ingress" : ""}`;
}

/** Journeys of shoppers through the shop, cut into requests: browse, search, fill a cart, ask the price, order, follow. */
export class Traffic {
  /** Orders whose buyers were told that they are paid, with what proves that they are theirs. */
  readonly acknowledged: { readonly id: string; readonly token: string }[] = [];
  readonly #shop: Shop;
  readonly #deeds: readonly Deed[];
  readonly #skus: readonly string[];
  readonly #products: readonly string[];
  #cookie = "";

  private constructor(
    shop: Shop,
    deeds: readonly Deed[],
    skus: readonly string[],
    products: readonly string[],
  ) {
    this.#shop = shop;
    this.#deeds = deeds;
    this.#skus = skus;
    this.#products = products;
  }

  /**
   * Puts goods on sale that do not run out, and looks around in the shop for what else there is.
   *
   * @param only What shoppers do. Default: everything.
   */
  static async prepare(
    { platform, repairs, random }: Pick<Stage, "platform" | "repairs" | "random">,
    only: readonly Deed[] = DEEDS,
  ): Promise<Traffic> {
    const { shop } = platform;
    const deeds = random.shuffle(only.flatMap((deed) => Array.from({ length: SHARES[deed] }, () => deed)));
    const skus = await putOnSale(platform, repairs, PIECES, KINDS);
    const known = await shop.skusInStock(20, 1);
    const products = await Promise.all(known.map(async (sku) => (await shop.variant(sku)).productId));
    const traffic = new Traffic(shop, deeds, skus, products);
    if (only.includes("cart") || only.includes("read cart")) await traffic.#takeCart();
    return traffic;
  }

  /** Sends the request of a number and tells how it ended, as `product 200`. */
  async send(index: number): Promise<string> {
    const deed = this.#deeds[index % this.#deeds.length] ?? "home";
    return this.do(deed, index);
  }

  /** Does one thing, and tells how it ended. */
  async do(deed: Deed, index: number): Promise<string> {
    try {
      return outcomeOf(deed, await this.#answer(deed, index));
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
      return `${deed} ${typeof code === "string" ? code : String(error)}`;
    }
  }

  /** Sends an order again, by the same key, until it is decided: as somebody does who means to have the goods. */
  async orderPatiently(index: number): Promise<string> {
    const answer = await this.#shop.orderUntilAnswered(orderOf(this.#sku(index)), 240);
    this.#remember(answer);
    return outcomeOf("order", answer);
  }

  /** How many acknowledged orders their buyers do not find any more. */
  async lostOrders(): Promise<number> {
    let lost = 0;
    for (const { id, token } of this.acknowledged) {
      const { status } = await this.#shop.send("GET", `/api/orders/${id}`, undefined, {
        [ORDER_TOKEN_HEADER]: token,
      });
      if (status !== 200) lost += 1;
      // Below what one address may ask for.
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    return lost;
  }

  async #answer(deed: Deed, index: number): Promise<Answer> {
    const product = this.#products[index % this.#products.length] ?? "";
    const line = { sku: this.#sku(index), quantity: 1 + (index % 3) };
    switch (deed) {
      case "home":
        return this.#shop.send("GET", "/");
      case "list":
        return this.#shop.send("GET", "/api/products?limit=24");
      case "search":
        return this.#shop.send(
          "GET",
          `/api/products?q=${encodeURIComponent(SEARCHES[index % SEARCHES.length] ?? "")}`,
        );
      case "product":
        return this.#shop.send("GET", `/api/products/${product}`);
      case "reviews":
        return this.#shop.send("GET", `/api/reviews?product=${product}`);
      case "cart":
        return this.#cart("PUT", `/lines/${encodeURIComponent(line.sku)}`, { quantity: line.quantity });
      case "read cart":
        return this.#cart("GET", "");
      case "quote":
        return this.#shop.send("POST", "/api/orders/quotes", { ...QUOTE, lines: [line] });
      case "order": {
        const answer = await this.#shop.order(orderOf(line.sku), randomUUID());
        this.#remember(answer);
        return answer;
      }
      case "follow order": {
        const order = this.acknowledged[index % this.acknowledged.length];
        // Before the first order there is nothing to follow.
        if (order === undefined) return this.#shop.send("GET", "/api/categories");
        return this.#shop.send("GET", `/api/orders/${order.id}`, undefined, {
          [ORDER_TOKEN_HEADER]: order.token,
        });
      }
    }
  }

  #sku(index: number): string {
    return this.#skus[index % this.#skus.length] ?? "";
  }

  #cart(method: "GET" | "PUT", path: string, body?: unknown): Promise<Answer> {
    return this.#shop.send(
      method,
      `/api/cart${path}`,
      body,
      this.#cookie === "" ? {} : { cookie: this.#cookie },
    );
  }

  async #takeCart(): Promise<void> {
    const answer = await this.#cart("PUT", `/lines/${encodeURIComponent(this.#sku(0))}`, { quantity: 1 });
    if (answer.status !== 200)
      throw new Error(`no cart could be had: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.#cookie = String(answer.headers["set-cookie"]).split(";", 1)[0] ?? "";
  }

  #remember({ status, body }: Answer): void {
    if (status !== 201) return;
    const { id, accessToken } = body as Order;
    this.acknowledged.push({ id, token: String(accessToken) });
  }
}
