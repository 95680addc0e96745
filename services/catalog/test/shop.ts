import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Pool } from "undici";
import { type RunningService, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  emptyTestRedis,
  startTestService,
  type TestDatabase,
} from "../../chassis/test/running.ts";
import { catalogService } from "../src/catalog.ts";
import { seed } from "../src/seed.ts";

/** What the catalog answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const CONSERVED = statement<{ sku: string; available: number; promised: number }>(
  "stock-and-promises",
  `SELECT s.sku, s.available, coalesce(sum(l.quantity) FILTER (WHERE r.state IN ('held', 'confirmed')), 0) AS promised
   FROM stock s
   LEFT JOIN reservation_line l USING (sku)
   LEFT JOIN reservation r USING (order_id)
   GROUP BY s.sku, s.available
   ORDER BY s.sku`,
);

/** A catalog in several replicas, on a database of its own with the demo products. */
export class TestCatalog {
  readonly database: TestDatabase;
  readonly #replicas: readonly RunningService[];
  readonly #pools: readonly Pool[];
  #turn = 0;

  private constructor(database: TestDatabase, replicas: readonly RunningService[]) {
    this.database = database;
    this.#replicas = replicas;
    this.#pools = replicas.map(({ apiUrl }) => new Pool(apiUrl, { connections: 64 }));
  }

  /**
   * @param replicas How many take turns with the requests.
   * @param redisUrl Their cache. Default: an empty one.
   */
  static async start(replicas = 2, redisUrl?: string): Promise<TestCatalog> {
    const database = await createTestDatabase(join(import.meta.dirname, "../migrations"), seed);
    const environment = { DATABASE_URL: database.url, REDIS_URL: redisUrl ?? (await emptyTestRedis()) };
    const started = Array.from({ length: replicas }, () => startTestService(catalogService, environment));
    return new TestCatalog(database, await Promise.all(started));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    await this.database.drop();
  }

  /** Where the first replica answers. */
  get origin(): string {
    return this.#replicas[0]?.apiUrl ?? "";
  }

  /** Sends a request to one replica after the other. */
  async send(method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown): Promise<Answer> {
    const pool = this.#pools[this.#turn++ % this.#pools.length];
    if (pool === undefined) throw new Error("there is no replica");
    const { statusCode, body: answer } = await pool.request({
      method,
      path,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await answer.text();
    return { status: statusCode, body: text === "" ? undefined : JSON.parse(text) };
  }

  reserve(
    lines: readonly { readonly sku: string; readonly quantity: number }[],
    orderId: string = randomUUID(),
    ttlSeconds = 600,
  ): Promise<Answer> {
    return this.send("PUT", `/reservations/${orderId}`, { lines, ttlSeconds });
  }

  confirm(orderId: string): Promise<Answer> {
    return this.send("POST", `/reservations/${orderId}/confirm`);
  }

  release(orderId: string): Promise<Answer> {
    return this.send("DELETE", `/reservations/${orderId}`);
  }

  setStock(sku: string, available: number): Promise<Answer> {
    return this.send("PUT", `/stock/${sku}`, { available });
  }

  async available(sku: string): Promise<number> {
    const { body } = await this.send("GET", `/products/${sku}`);
    return (body as { available: number }).available;
  }

  /** For every SKU what is left and what is promised, as the database has it. */
  books(): Promise<{ sku: string; available: number; promised: number }[]> {
    return this.database.database.query(CONSERVED);
  }
}
