import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import type { RunningService } from "../../chassis/index.ts";
import { startTestService } from "../../chassis/test/running.ts";
import type { Cart } from "../../contracts/cart-api.ts";
import { CALLER_HEADERS } from "../../contracts/identity.ts";
import { cartService } from "../src/cart-service.ts";

/** What the cart service answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as a cart, as it is where the status is 200. */
  readonly cart: Cart;
}

type Method = "GET" | "PUT" | "POST" | "DELETE";

/** The cart service in several replicas, which take turns with the requests. */
export class TestCarts {
  readonly #replicas: readonly RunningService[];
  readonly #pools: readonly Pool[];
  #turn = 0;

  private constructor(replicas: readonly RunningService[]) {
    this.#replicas = replicas;
    this.#pools = replicas.map(({ apiUrl }) => new Pool(apiUrl, { connections: 64 }));
  }

  static async start(
    redisUrl: string,
    catalogUrl: string,
    replicas = 2,
    settings: NodeJS.ProcessEnv = {},
  ): Promise<TestCarts> {
    const environment = {
      REDIS_URL: redisUrl,
      CATALOG_URL: catalogUrl,
      NEW_CARTS_PER_MINUTE: "10000",
      NEW_CARTS_BURST: "10000",
      ...settings,
    };
    const started = Array.from({ length: replicas }, () => startTestService(cartService, environment));
    return new TestCarts(await Promise.all(started));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
  }

  async send(
    method: Method,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Answer> {
    const pool = this.#pools[this.#turn++ % this.#pools.length];
    if (pool === undefined) throw new Error("there is no replica");
    const answer = await pool.request({
      method,
      path,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      body: body ?? null,
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      get cart() {
        return JSON.parse(text);
      },
    };
  }

  /** Somebody with a new account, or a guest with a cookie of their own. */
  shopper(headers: Readonly<Record<string, string>>): Shopper {
    return new Shopper(this, headers);
  }

  user(id: string = randomUUID()): Shopper {
    return this.shopper(callerHeaders(id));
  }

  /** A guest who has put something into a cart. */
  async guest(quantities: Quantities): Promise<Shopper> {
    let shopper = this.shopper({});
    for (const [sku, quantity] of Object.entries(quantities)) {
      const { headers } = await shopper.put(sku, quantity);
      shopper = this.shopper({ cookie: cookieOf(headers["set-cookie"]) });
    }
    return shopper;
  }
}

/** How many of what, by SKU. */
export type Quantities = Readonly<Record<string, number>>;

/** The headers by which the gateway tells whose request it is. */
export const callerHeaders = (id: string): Record<string, string> => ({
  [CALLER_HEADERS.id]: id,
  [CALLER_HEADERS.roles]: "customer",
});

/** The cookie that a browser sends after it got this header. */
export const cookieOf = (setCookie: string | string[] | undefined): string =>
  String(setCookie).split(";", 1)[0] ?? "";

/** Somebody who always sends the same headers. */
export class Shopper {
  readonly #carts: TestCarts;
  readonly headers: Readonly<Record<string, string>>;

  constructor(carts: TestCarts, headers: Readonly<Record<string, string>>) {
    this.#carts = carts;
    this.headers = headers;
  }

  /** The same one, sending further headers. */
  with(headers: Readonly<Record<string, string>>): Shopper {
    return new Shopper(this.#carts, { ...this.headers, ...headers });
  }

  get(): Promise<Answer> {
    return this.#carts.send("GET", "/cart", this.headers);
  }

  put(sku: string, quantity: unknown): Promise<Answer> {
    return this.#carts.send("PUT", `/cart/lines/${sku}`, this.headers, JSON.stringify({ quantity }));
  }

  remove(sku: string): Promise<Answer> {
    return this.#carts.send("DELETE", `/cart/lines/${sku}`, this.headers);
  }

  clear(): Promise<Answer> {
    return this.#carts.send("DELETE", "/cart", this.headers);
  }

  merge(): Promise<Answer> {
    return this.#carts.send("POST", "/cart/merge", this.headers);
  }

  /** What is in the cart. */
  async quantities(): Promise<Quantities> {
    const { status, text, cart } = await this.get();
    if (status !== 200) throw new Error(`the cart was answered ${status}: ${text}`);
    return Object.fromEntries(cart.lines.map(({ sku, quantity }) => [sku, quantity]));
  }
}
