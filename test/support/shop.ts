import { randomUUID } from "node:crypto";
import { Agent, request } from "undici";

/** An answer of the shop's API. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Product {
  readonly sku: string;
  readonly price: number;
  readonly currency: string;
  readonly available: number;
}

export interface OrderRequest {
  readonly customer: { readonly email: string };
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly payment: { readonly token: string };
}

/** A shopper in front of the ingress. Names its host in a header, so that no name needs to resolve. */
export class Shop {
  readonly #origin: string;
  readonly #host: string;
  readonly #agent = new Agent({ connections: 32 });

  /**
   * @param origin Where the ingress listens, such as `http://127.0.0.1:18080`.
   * @param host The host the Ingress is for.
   */
  constructor(origin: string, host: string) {
    this.#origin = origin;
    this.#host = host;
  }

  async send(
    method: "GET" | "POST",
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

  async product(sku: string): Promise<Product> {
    const answer = await this.send("GET", `/api/products/${encodeURIComponent(sku)}`);
    if (answer.status !== 200) throw new Error(`GET /api/products/${sku}: ${answer.status}`);
    return answer.body as Product;
  }

  /**
   * Orders as a careful shopper does: the same key again until there is an answer that is not a server's fault.
   *
   * @param attempts Tries at the most; without an end a dead platform would hang the test.
   */
  async orderUntilAnswered(order: OrderRequest, attempts = 60): Promise<Answer & { attempts: number }> {
    const key = randomUUID();
    let last = "no answer";
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        const answer = await this.order(order, key);
        if (answer.status < 500 && answer.status !== 409) return { ...answer, attempts: attempt };
        last = `${answer.status} ${JSON.stringify(answer.body)}`;
      } catch (error) {
        last = String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`order ${key} had no answer after ${attempts} attempts; the last: ${last}`);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
