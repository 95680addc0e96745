import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Pool } from "undici";
import { type RunningService, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import { topologyOf } from "../../chassis/topology.ts";
import type { EventOf } from "../../contracts/event.ts";
import { CALLER_HEADERS, type Role } from "../../contracts/identity.ts";
import type { orderPaid } from "../../contracts/order-events.ts";
import { rememberPurchases } from "../src/purchases.ts";
import { reviewService } from "../src/review-service.ts";

/** What the review service answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

type Method = "GET" | "PUT" | "POST" | "DELETE";

/** A rating as it is kept, and as it follows from the reviews themselves. */
export interface KeptRating {
  readonly product_id: string;
  readonly kept: readonly number[];
  readonly counted: readonly number[];
  readonly review_count: number;
  readonly stars_sum: number;
  readonly version: number;
}

const RATINGS = statement<KeptRating>(
  "test-ratings",
  `SELECT product_id, histogram AS kept, review_count, stars_sum, version,
     ARRAY(SELECT (SELECT count(*)::integer FROM reviews r WHERE r.product_id = k.product_id AND r.stars = s)
           FROM generate_series(1, 5) AS s ORDER BY s) AS counted
   FROM product_ratings k ORDER BY product_id`,
);
const COUNTS = statement<{ reviews: number; purchases: number; removals: number; versions: number }>(
  "test-counts",
  `SELECT (SELECT count(*) FROM reviews) AS reviews, (SELECT count(*) FROM purchases) AS purchases,
     (SELECT count(*) FROM review_removals) AS removals,
     (SELECT coalesce(sum(version), 0)::bigint FROM product_ratings) AS versions`,
);

/** The review service in several replicas, on a database of its own. */
export class TestReviews {
  readonly database: TestDatabase;
  /** Name of its queue on the broker, which other tests use, too. */
  readonly queue: string;
  readonly #replicas: readonly RunningService[];
  readonly #pools: readonly Pool[];
  #turn = 0;

  private constructor(name: string, database: TestDatabase, replicas: readonly RunningService[]) {
    this.queue = topologyOf(name).events;
    this.database = database;
    this.#replicas = replicas;
    this.#pools = replicas.map(({ apiUrl }) => new Pool(apiUrl, { connections: 64 }));
  }

  static async start(replicas = 2): Promise<TestReviews> {
    const name = `r${randomUUID().slice(0, 8)}`;
    const service = { ...reviewService, description: { ...reviewService.description, name } };
    const database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
    const environment = { DATABASE_URL: database.url, BROKER_URL: testServer("TEST_BROKER_URL") };
    const started = Array.from({ length: replicas }, () => startTestService(service, environment));
    return new TestReviews(name, database, await Promise.all(started));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    await this.database.drop();
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
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("GET", path, headers);
  }

  put(userId: string, productId: string, review: object): Promise<Answer> {
    return this.send("PUT", `/reviews/${productId}`, caller(userId), JSON.stringify(review));
  }

  withdraw(userId: string, productId: string): Promise<Answer> {
    return this.send("DELETE", `/reviews/${productId}`, caller(userId));
  }

  /** Somebody who has bought these, as the order service would tell. */
  async buyer(...products: readonly string[]): Promise<string> {
    const userId = randomUUID();
    await this.database.database.transaction((transaction) =>
      rememberPurchases(transaction, orderOf(userId, ...products)),
    );
    return userId;
  }

  ratings(): Promise<KeptRating[]> {
    return this.database.database.query(RATINGS);
  }

  async counts() {
    const [row] = await this.database.database.query(COUNTS);
    if (row === undefined) throw new Error("counting answered nothing");
    return row;
  }
}

/** The headers by which the gateway tells whose request it is. */
export const caller = (id: string, role: Role = "customer"): Record<string, string> => ({
  [CALLER_HEADERS.id]: id,
  [CALLER_HEADERS.roles]: role,
});

/** An order of some products that was paid. */
export const orderOf = (
  userId: string | null,
  ...products: readonly string[]
): EventOf<typeof orderPaid> => ({
  orderId: randomUUID(),
  paymentId: randomUUID(),
  userId,
  customer: { email: "ada@example.com" },
  shipTo: { name: "Ada", street: "Am Markt 1", city: "Bonn", postalCode: "53111", country: "DE" },
  shipping: "standard",
  total: 1000,
  currency: "EUR",
  lines: products.map((productId) => ({
    sku: productId.toUpperCase(),
    productId,
    name: productId,
    quantity: 1,
    unitPrice: 1000,
  })),
});

/** A review that is as it must be. */
export const reviewOf = (stars: number, title = "As it should be") => ({
  stars,
  title,
  text: "Arrived in time and does what it says.",
  author: "Ada",
});
