import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Connection } from "rabbitmq-client";
import { Pool } from "undici";
import { type RunningService, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  emptyTestRedis,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import type { PricedVariants } from "../../contracts/catalog-api.ts";
import { CALLER_HEADERS, type Role } from "../../contracts/identity.ts";
import { catalogService } from "../src/catalog.ts";
import { seed } from "../src/seed.ts";

/** What the catalog answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** Somebody who is logged in, as the gateway tells a service. */
export const caller = (...roles: readonly Role[]): Record<string, string> => ({
  [CALLER_HEADERS.id]: randomUUID(),
  [CALLER_HEADERS.roles]: roles.join(),
});

const CONSERVED = statement<{ sku: string; available: number; promised: number }>(
  "stock-and-promises",
  `SELECT s.sku, s.available, coalesce(sum(l.quantity - l.returned) FILTER (WHERE r.state IN ('held', 'confirmed')), 0) AS promised
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
  readonly #name: string;
  #turn = 0;

  private constructor(name: string, database: TestDatabase, replicas: readonly RunningService[]) {
    this.#name = name;
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
    const environment = {
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl ?? (await emptyTestRedis()),
      BROKER_URL: testServer("TEST_BROKER_URL"),
    };
    // A name of its own, so that its queue on the shared broker is its own.
    const name = `catalog-${randomUUID().slice(0, 8)}`;
    const service = { ...catalogService, description: { ...catalogService.description, name } };
    const started = Array.from({ length: replicas }, () => startTestService(service, environment));
    return new TestCatalog(name, database, await Promise.all(started));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    await this.database.drop();
    const broker = new Connection(testServer("TEST_BROKER_URL"));
    for (const queue of [`${this.#name}.events`, `${this.#name}.dead-letters`]) {
      await broker.queueDelete({ queue });
    }
    await broker.close();
  }

  /** Where the first replica answers. */
  get origin(): string {
    return this.#replicas[0]?.apiUrl ?? "";
  }

  /** Sends a request to one replica after the other. */
  async send(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const pool = this.#pools[this.#turn++ % this.#pools.length];
    if (pool === undefined) throw new Error("there is no replica");
    const answer = await pool.request({
      method,
      path,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson ? JSON.parse(text) : text,
    };
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

  /** @param lines Default: all that have not come back yet. */
  takeBack(
    orderId: string,
    lines?: readonly { readonly sku: string; readonly quantity: number }[],
    key: string = randomUUID(),
  ): Promise<Answer> {
    const headers = { "idempotency-key": key };
    return this.send("POST", `/reservations/${orderId}/returns`, lines ? { lines } : {}, headers);
  }

  setStock(sku: string, available: number): Promise<Answer> {
    return this.send("PUT", `/stock/${sku}`, { available }, caller("merchant"));
  }

  async available(sku: string): Promise<number> {
    const { body } = await this.send("GET", `/variants?sku=${sku}`);
    return (body as PricedVariants).items[0]?.available ?? Number.NaN;
  }

  /** For every SKU what is left and what is promised, as the database has it. */
  books(): Promise<{ sku: string; available: number; promised: number }[]> {
    return this.database.database.query(CONSERVED);
  }
}
