import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Pool } from "undici";
import { catalogService } from "../../catalog/src/catalog.ts";
import { seed } from "../../catalog/src/seed.ts";
import { type HttpClient, openHttpClient } from "../../chassis/http-client.ts";
import { type RunningService, statement } from "../../chassis/index.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import type { OrderRequest } from "../../contracts/order-api.ts";
import { paymentService } from "../../payment/src/payment-service.ts";
import { orderService } from "../src/order-service.ts";
import { OrderStore } from "../src/order-store.ts";
import type { SagaContext } from "../src/saga.ts";

/** What the order service answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What all databases say together, once every order came to rest. */
export interface Books {
  readonly orders: Readonly<Record<string, number>>;
  /** Money of paid orders, as the order service and as the ledger has it. */
  readonly revenue: number;
  readonly ledgerRevenue: number;
  /** Must be 0 at any time. */
  readonly ledgerSum: number;
  /** Pieces in paid orders, and pieces in confirmed reservations. */
  readonly sold: number;
  readonly confirmed: number;
  /** Pieces that are held for orders under way. */
  readonly held: number;
  /** `order.paid` events of paid orders that were stored: sent or still waiting. */
  readonly waitingEvents: number;
}

const migrations = (service: string) => join(import.meta.dirname, "../..", service, "migrations");
const count = (name: string, sql: string) => statement<{ count: number }>(name, sql);

const STATES = statement<{ state: string; count: number }>(
  "books-states",
  "SELECT state, count(*) AS count FROM orders GROUP BY state",
);
const REVENUE = count(
  "books-revenue",
  "SELECT coalesce(sum(total), 0)::bigint AS count FROM orders WHERE state = 'paid'",
);
const SOLD = count(
  "books-sold",
  `SELECT coalesce(sum((line->>'quantity')::int), 0)::bigint AS count
   FROM orders, jsonb_array_elements(lines) AS line WHERE state = 'paid'`,
);
const WAITING = count("books-waiting", "SELECT count(*) AS count FROM outbox");
const LEDGER_SUM = count(
  "books-ledger-sum",
  "SELECT coalesce(sum(amount), 0)::bigint AS count FROM ledger_entries",
);
const LEDGER_REVENUE = count(
  "books-ledger-revenue",
  "SELECT coalesce(sum(amount), 0)::bigint AS count FROM ledger_entries WHERE account = 'provider'",
);
const PIECES = statement<{ state: string; count: number }>(
  "books-pieces",
  `SELECT state, sum(quantity)::bigint AS count FROM reservation JOIN reservation_line USING (order_id)
   GROUP BY state`,
);

/** Everything an order needs, on databases of its own: catalog, payment and one order service, all real. */
export class Trade {
  readonly orders: TestDatabase;
  readonly payments: TestDatabase;
  readonly goods: TestDatabase;
  readonly catalog: RunningService;
  readonly payment: RunningService;
  readonly order: RunningService;
  readonly environment: NodeJS.ProcessEnv;
  readonly #pool: Pool;
  readonly #clients: Readonly<Record<"catalog" | "payment", HttpClient>>;

  private constructor(
    databases: readonly [TestDatabase, TestDatabase, TestDatabase],
    services: readonly [RunningService, RunningService, RunningService],
    environment: NodeJS.ProcessEnv,
  ) {
    [this.orders, this.payments, this.goods] = databases;
    [this.catalog, this.payment, this.order] = services;
    this.environment = environment;
    this.#pool = new Pool(this.order.apiUrl, { connections: 64 });
    const metrics = createMetrics();
    this.#clients = {
      catalog: openHttpClient("catalog", this.catalog.apiUrl, metrics),
      payment: openHttpClient("payment", this.payment.apiUrl, metrics),
    };
  }

  /** @param overrides Environment of the order service, such as a broker that can be taken away. */
  static async start(overrides: NodeJS.ProcessEnv = {}): Promise<Trade> {
    const databases = await Promise.all([
      createTestDatabase(migrations("order")),
      createTestDatabase(migrations("payment")),
      createTestDatabase(migrations("catalog"), seed),
    ]);
    const [orders, payments, goods] = databases;
    const catalog = await startTestService(catalogService, {
      DATABASE_URL: goods.url,
      REDIS_URL: testServer("TEST_REDIS_URL"),
    });
    const payment = await startTestService(paymentService, {
      DATABASE_URL: payments.url,
      PROVIDER_TIMEOUT_MILLISECONDS: "200",
    });
    const environment = {
      DATABASE_URL: orders.url,
      BROKER_URL: testServer("TEST_BROKER_URL"),
      CATALOG_URL: catalog.apiUrl,
      PAYMENT_URL: payment.apiUrl,
      ...overrides,
    };
    const order = await startTestService(orderService, environment);
    return new Trade(databases, [catalog, payment, order], environment);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#pool, ...Object.values(this.#clients)].map((client) => client.close()));
    for (const service of [this.order, this.payment, this.catalog]) await service.stop();
    await Promise.all([this.orders, this.payments, this.goods].map((database) => database.drop()));
  }

  /** Sends a request to the order service. */
  async send(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.#pool.request({
      method,
      path,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  place(request: OrderRequest, key: string = randomUUID()): Promise<Answer> {
    return this.send("POST", "/orders", request, { "idempotency-key": key });
  }

  /** SKU of one of the shop's goods with its stock set to `pieces`; each `index` names another one. */
  async stock(index: number, pieces: number): Promise<string> {
    const [row] = await this.goods.database.query(
      statement<{ sku: string }>(
        "stock-some",
        `UPDATE stock SET available = $2
         WHERE sku = (SELECT sku FROM stock ORDER BY sku OFFSET $1 LIMIT 1) RETURNING sku`,
      ),
      [index, pieces],
    );
    if (row === undefined) throw new Error(`the demo shop has no product ${index}`);
    return row.sku;
  }

  async available(sku: string): Promise<number> {
    const [row] = await this.goods.database.query(
      count("stock-left", "SELECT available AS count FROM stock WHERE sku = $1"),
      [sku],
    );
    return row?.count ?? Number.NaN;
  }

  /** A saga of this test's own, beside the one that runs in the service. */
  saga(holdSeconds = 120): SagaContext {
    return {
      store: new OrderStore(this.orders.database),
      ...this.#clients,
      holdSeconds,
      onEvent() {},
      onFinished() {},
    };
  }

  async books(): Promise<Books> {
    const orders = await this.orders.database.query(STATES);
    const pieces = new Map((await this.goods.database.query(PIECES)).map((row) => [row.state, row.count]));
    const one = async (database: TestDatabase, query: typeof WAITING) =>
      (await database.database.query(query))[0]?.count ?? Number.NaN;
    return {
      orders: Object.fromEntries(orders.map(({ state, count }) => [state, count])),
      revenue: await one(this.orders, REVENUE),
      ledgerRevenue: await one(this.payments, LEDGER_REVENUE),
      ledgerSum: await one(this.payments, LEDGER_SUM),
      sold: await one(this.orders, SOLD),
      confirmed: pieces.get("confirmed") ?? 0,
      held: pieces.get("held") ?? 0,
      waitingEvents: await one(this.orders, WAITING),
    };
  }
}

/** An order of one line. */
export const orderOf = (sku: string, quantity = 1, token = "tok_approve"): OrderRequest => ({
  customer: { email: "ada@example.com" },
  lines: [{ sku, quantity }],
  payment: { token },
});
