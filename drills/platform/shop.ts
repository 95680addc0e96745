import { randomUUID } from "node:crypto";
import { Agent, request } from "undici";
import type { PricedVariant, PricedVariants, ProductPage } from "../../services/contracts/catalog-api.ts";
import type { OrderRequest } from "../../services/contracts/order-api.ts";

/** An answer of the shop's API. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** An order of one kind of goods by somebody who is not logged in. */
export const orderOf = (sku: string, quantity = 1, token = "tok_approve"): OrderRequest => ({
  customer: { email: "ada@example.com" },
  shipTo: {
    name: "Ada Example",
    street: "Main Street 1",
    city: "Berlin",
    postalCode: "10115",
    country: "DE",
  },
  lines: [{ sku, quantity }],
  payment: { token },
});

/** A shopper in front of the ingress. Names its host in a header, so that no name needs to resolve. */
export class Shop {
  readonly #origin: string;
  readonly #host: string;
  readonly #agent: Agent;

  /**
   * @param origin Where the ingress listens, such as `http://127.0.0.1:18080`.
   * @param host The host the Ingress is for.
   * @param connections How many it opens at the most; what is more waits. Default: 32.
   */
  constructor(origin: string, host: string, connections = 32) {
    this.#origin = origin;
    this.#host = host;
    this.#agent = new Agent({ connections });
  }

  async send(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await request(`${this.#origin}${path}`, {
      method,
      dispatcher: this.#agent,
      headersTimeout: 30_000,
      headers: {
        host: this.#host,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson && text !== "" ? JSON.parse(text) : text,
    };
  }

  order(order: OrderRequest, key: string = randomUUID()): Promise<Answer> {
    return this.send("POST", "/api/orders", order, { "idempotency-key": key });
  }

  /** What one piece of something costs, and how many there are. */
  async variant(sku: string): Promise<PricedVariant> {
    const { items } = await this.#get<PricedVariants>(`/api/variants?sku=${encodeURIComponent(sku)}`);
    const [variant] = items;
    if (variant === undefined) throw new Error(`the shop does not sell ${sku}`);
    return variant;
  }

  /** Goods of which there are at least so many pieces, at most so many kinds. */
  async skusInStock(kinds: number, pieces: number): Promise<string[]> {
    const found: string[] = [];
    let after: string | null = "";
    while (after !== null && found.length < kinds) {
      const page: ProductPage = await this.#get<ProductPage>(
        `/api/products?inStock=true&limit=50${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`,
      );
      const skus = page.items.flatMap(({ sku }) => (sku === undefined ? [] : [sku]));
      if (skus.length > 0) {
        const query = skus.map((sku) => `sku=${encodeURIComponent(sku)}`).join("&");
        const { items } = await this.#get<PricedVariants>(`/api/variants?${query}`);
        found.push(...items.filter(({ available }) => available >= pieces).map(({ sku }) => sku));
      }
      after = page.next;
    }
    if (found.length === 0) throw new Error(`the shop has no goods with ${pieces} pieces in stock`);
    return found.slice(0, kinds);
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await this.send("GET", path);
    if (answer.status !== 200)
      throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /**
   * Orders as a careful shopper does: the same key again until there is an answer that decides.
   *
   * @param attempts Tries at the most; without an end a dead platform would hang the test.
   */
  async orderUntilAnswered(order: OrderRequest, attempts = 60): Promise<Answer & { attempts: number }> {
    const key = randomUUID();
    let last = "no answer";
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        const answer = await this.order(order, key);
        // What says when to try again has decided nothing yet; and what is no JSON is the ingress' word, not the shop's:
        // 404 or 503 while it has nobody to send a request to.
        const isOwn = typeof answer.body === "object";
        if (isOwn && answer.status < 500 && answer.headers["retry-after"] === undefined)
          return { ...answer, attempts: attempt };
        last = `${answer.status} ${JSON.stringify(answer.body)}`;
      } catch (error) {
        if (this.#agent.destroyed) throw error;
        last = String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`order ${key} had no answer after ${attempts} attempts; the last: ${last}`);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /** Closes without waiting for the answers that are still to come. */
  leave(): Promise<void> {
    return this.#agent.destroy();
  }
}
