import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Pool } from "undici";
import { catalogService } from "../../catalog/src/catalog.ts";
import { seed } from "../../catalog/src/seed.ts";
import { type HttpClient, openHttpClient } from "../../chassis/http-client.ts";
import { type RunningService, requestHash, statement } from "../../chassis/index.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import {
  createTestDatabase,
  silentLog,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import { type EventContract, type EventOf, routingKey } from "../../contracts/event.ts";
import { CALLER_HEADERS, type Role } from "../../contracts/identity.ts";
import { shipmentDispatched } from "../../contracts/logistics-api.ts";
import type { Order, OrderRequest } from "../../contracts/order-api.ts";
import { logisticsService } from "../../logistics/src/logistics-service.ts";
import { openShipment } from "../../logistics/src/open-shipment.ts";
import { paymentService } from "../../payment/src/payment-service.ts";
import { type AfterSale, afterSale } from "../src/after-sale.ts";
import { eventHandlers } from "../src/event-handlers.ts";
import { orderService } from "../src/order-service.ts";
import { OrderStore } from "../src/order-store.ts";
import type { Placement } from "../src/place-order.ts";
import type { SagaContext } from "../src/saga.ts";
import { type Books, readBooks } from "./books.ts";

/** What the order service answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const migrations = (service: string) => join(import.meta.dirname, "../..", service, "migrations");

const SHIP_NOW = statement(
  "ship-now",
  "UPDATE shipments SET due_at = now() WHERE order_id = $1 AND state = 'preparing'",
);
const PARCEL = statement<{ id: string; carrier: string; tracking_number: string | null; state: string }>(
  "parcel-of-order",
  "SELECT id, carrier, tracking_number, state FROM shipments WHERE order_id = $1",
);
/**
 * Nobody listens there. The broker of all tests is one: an order that is told by it may be shipped by the logistics of
 * another test. So most tests hand events over themselves; see {@link Trade.tell}.
 */
const NO_BROKER = "amqp://127.0.0.1:1";
/** Nothing is dispatched by itself while a test runs. */
const LATER = 604_800;

/** Everything an order needs, all real, on databases of its own: catalog, payment, logistics and one order service. */
export class Trade {
  readonly orders: TestDatabase;
  readonly payments: TestDatabase;
  readonly goods: TestDatabase;
  readonly parcels: TestDatabase;
  readonly catalog: RunningService;
  readonly payment: RunningService;
  readonly logistics: RunningService;
  readonly order: RunningService;
  readonly environment: NodeJS.ProcessEnv;
  readonly #pool: Pool;
  readonly #clients: Readonly<Record<"catalog" | "payment" | "logistics", HttpClient>>;

  private constructor(
    databases: readonly [TestDatabase, TestDatabase, TestDatabase, TestDatabase],
    services: readonly [RunningService, RunningService, RunningService, RunningService],
    environment: NodeJS.ProcessEnv,
  ) {
    [this.orders, this.payments, this.goods, this.parcels] = databases;
    [this.catalog, this.payment, this.logistics, this.order] = services;
    this.environment = environment;
    this.#pool = new Pool(this.order.apiUrl, { connections: 64 });
    const metrics = createMetrics();
    this.#clients = {
      catalog: openHttpClient("catalog", this.catalog.apiUrl, metrics),
      payment: openHttpClient("payment", this.payment.apiUrl, metrics),
      logistics: openHttpClient("logistics", this.logistics.apiUrl, metrics),
    };
  }

  /**
   * @param overrides Environment of the order service, such as a broker that its events go to.
   * @param everywhere Environment of all services, such as a broker by which they hear of each other.
   */
  static async start(overrides: NodeJS.ProcessEnv = {}, everywhere: NodeJS.ProcessEnv = {}): Promise<Trade> {
    const databases = await Promise.all([
      createTestDatabase(migrations("order")),
      createTestDatabase(migrations("payment")),
      createTestDatabase(migrations("catalog"), seed),
      createTestDatabase(migrations("logistics")),
    ]);
    const [orders, payments, goods, parcels] = databases;
    const shared = { BROKER_URL: NO_BROKER, ...everywhere };
    const catalog = await startTestService(catalogService, {
      ...shared,
      DATABASE_URL: goods.url,
      REDIS_URL: testServer("TEST_REDIS_URL"),
    });
    const payment = await startTestService(paymentService, {
      ...shared,
      DATABASE_URL: payments.url,
      PROVIDER_TIMEOUT_MILLISECONDS: "200",
      PROVIDER_WEBHOOK_SECRET: "only-for-tests",
    });
    const logistics = await startTestService(logisticsService, {
      HANDLING_SECONDS: String(LATER),
      CARRIER_STEP_SECONDS: String(LATER),
      ...shared,
      DATABASE_URL: parcels.url,
    });
    const environment = {
      ...shared,
      DATABASE_URL: orders.url,
      CATALOG_URL: catalog.apiUrl,
      PAYMENT_URL: payment.apiUrl,
      LOGISTICS_URL: logistics.apiUrl,
      ORDER_TOKEN_KEY: "only-for-tests",
      ...overrides,
    };
    const order = await startTestService(orderService, environment);
    return new Trade(databases, [catalog, payment, logistics, order], environment);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#pool, ...Object.values(this.#clients)].map((client) => client.close()));
    for (const service of [this.order, this.payment, this.logistics, this.catalog]) await service.stop();
    const databases = [this.orders, this.payments, this.goods, this.parcels];
    await Promise.all(databases.map((database) => database.drop()));
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

  /** Places an order by HTTP; `headers` say who does. */
  place(
    request: OrderRequest,
    key: string = randomUUID(),
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.send("POST", "/orders", request, { "idempotency-key": key, ...headers });
  }

  /** Places an order that is paid. */
  async paid(request: OrderRequest, headers: Record<string, string> = {}): Promise<Order> {
    const answer = await this.place(request, randomUUID(), headers);
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /** Places an order that is paid, and whose parcel is with the carrier. */
  async shipped(request: OrderRequest, headers: Record<string, string> = {}): Promise<Order> {
    const order = await this.paid(request, headers);
    await this.ship(order.id);
    return order;
  }

  /** Tells that the parcel of an order is with the carrier, without any. */
  ship(orderId: string): Promise<void> {
    const parcel = { shipmentId: randomUUID(), carrier: "Swift", trackingNumber: "ABCDEFGH1234567890" };
    return this.tell(shipmentDispatched, { orderId, ...parcel });
  }

  /** Asks for money back by HTTP. */
  refund(
    orderId: string,
    request: unknown,
    headers: Record<string, string>,
    key: string = randomUUID(),
  ): Promise<Answer> {
    return this.send("POST", `/orders/${orderId}/refunds`, request, { "idempotency-key": key, ...headers });
  }

  /** Hands an event to the order service's handlers, as its queue would. */
  async tell<Contract extends EventContract>(contract: Contract, event: EventOf<Contract>): Promise<void> {
    const handler = eventHandlers.find(({ routingKey: key }) => key === routingKey(contract));
    if (handler === undefined) throw new Error(`nothing handles ${routingKey(contract)}`);
    await this.orders.database.transaction((transaction) => handler.handle(transaction, event));
  }

  /** Where the parcel of an order is, as logistics has it. */
  async parcelState(orderId: string): Promise<string | undefined> {
    return (await this.parcels.database.query(PARCEL, [orderId]))[0]?.state;
  }

  /** Lets the carrier have the parcel of an order now; answers what the order service will be told. */
  async dispatch({ id: orderId, ...order }: Order): Promise<EventOf<typeof shipmentDispatched>> {
    const { database } = this.parcels;
    const { shipTo, shipping, currency = "", paymentId = "", totals } = order;
    if (shipTo === undefined) throw new Error(`order ${orderId} was erased`);
    const paid = {
      orderId,
      paymentId,
      userId: null,
      customer: { email: "" },
      shipTo,
      shipping,
      total: totals?.total ?? 0,
      currency,
      lines: [],
    };
    // As the event would; it may have come already.
    await openShipment(database, paid, { carrier: "simulated", handlingSeconds: LATER });
    await database.query(SHIP_NOW, [orderId]);
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      const [parcel] = await database.query(PARCEL, [orderId]);
      if (parcel?.tracking_number != null) {
        const { id: shipmentId, carrier, tracking_number: trackingNumber } = parcel;
        return { orderId, shipmentId, carrier, trackingNumber };
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the parcel of order ${orderId} was not dispatched in time`);
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
      statement<{ count: number }>("stock-left", "SELECT available AS count FROM stock WHERE sku = $1"),
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

  /** What this test cancels and refunds with, beside what runs in the service. */
  afterSale(): AfterSale {
    return afterSale({
      ...this.#clients,
      database: this.orders.database,
      log: silentLog,
      onEvent() {},
      onFinished() {},
    });
  }

  books(): Promise<Books> {
    return readBooks(this.orders, this.payments, this.goods);
  }
}

/** An order of one line. */
export const orderOf = (sku: string, quantity = 1, token = "tok_approve"): OrderRequest => ({
  customer: { email: "ada@example.com" },
  shipTo: {
    name: "Ada Lovelace",
    street: "St James's Square 12",
    city: "Berlin",
    postalCode: "10115",
    country: "DE",
  },
  lines: [{ sku, quantity }],
  payment: { token },
});

/** A guest's placement of it. */
export const placementOf = (request: OrderRequest, key: string): Placement => ({
  keyScope: "guest:test",
  idempotencyKey: key,
  request,
  ownerOf: (orderId) => ({ token: requestHash(orderId) }),
});

/** Headers of somebody's request, as the gateway sends them. */
export const callerHeaders = (id: string, ...roles: Role[]): Record<string, string> => ({
  [CALLER_HEADERS.id]: id,
  [CALLER_HEADERS.roles]: roles.join(","),
});
