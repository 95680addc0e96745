import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "rabbitmq-client";
import type { Static, TSchema } from "typebox";
import { openFront } from "../../../dev/front.ts";
import { bundleWeb, writeFiles } from "../../../images/web.ts";
import { accountService } from "../../account/src/account-service.ts";
import { cartService } from "../../cart/src/cart-service.ts";
import { catalogService } from "../../catalog/src/catalog.ts";
import { parseAnswer, type RunningService, type Service, type SettingsSpec } from "../../chassis/index.ts";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import { gatewayService } from "../../gateway/src/gateway.ts";
import { logisticsService } from "../../logistics/src/logistics-service.ts";
import { orderService } from "../../order/src/order-service.ts";
import { paymentService } from "../../payment/src/payment-service.ts";
import { reviewService } from "../../review/src/review-service.ts";
import { storefrontService } from "../src/storefront.ts";
import { PASSWORD } from "./people.ts";

/** Redis database of these tests; the others begin at 0. */
const REDIS_DATABASE = 15;

/** How the shop is run. Parcels move by seconds. */
export interface ShopOptions {
  /** Before a parcel is handed to the carrier; so long an order can be cancelled. */
  readonly handling: number;
  /** From one stop of a parcel to the next. */
  readonly carrierStep: number;
  /** Environment of the account service. Default: accounts need no mail. */
  readonly account?: NodeJS.ProcessEnv;
}

/**
 * The whole shop: every service for real, on databases and queues of its own, behind one origin as the Ingress joins
 * them.
 */
export class Shop {
  readonly origin: string;
  /** By name, such as `review`; what is stopped is away for the shop. */
  readonly services: ReadonlyMap<string, RunningService>;
  readonly databases: ReadonlyMap<string, TestDatabase>;
  readonly #front: Server;
  readonly #queues: readonly string[];

  private constructor(
    front: Server,
    services: ReadonlyMap<string, RunningService>,
    databases: ReadonlyMap<string, TestDatabase>,
    queues: readonly string[],
  ) {
    this.#front = front;
    this.services = services;
    this.databases = databases;
    this.#queues = queues;
    this.origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  }

  static async start({
    handling,
    carrierStep,
    account = { EMAIL_VERIFICATION: "off" },
  }: ShopOptions): Promise<Shop> {
    const services = new Map<string, RunningService>();
    const databases = new Map<string, TestDatabase>();
    const queues: string[] = [];
    const suffix = randomBytes(4).toString("hex");
    const redis = new URL(testServer("TEST_REDIS_URL"));
    redis.pathname = `/${REDIS_DATABASE}`;

    const start = async <Spec extends SettingsSpec>(
      service: Service<Spec>,
      environment: NodeJS.ProcessEnv = {},
    ) => {
      const { description, migrations, seed } = service;
      // A name of its own gives it queues and keys that no test beside it takes from.
      const name = `${description.name}-${suffix}`;
      if (description.consumes.length > 0) queues.push(name);
      const database =
        migrations === undefined
          ? undefined
          : await createTestDatabase(
              migrations,
              (own) => seed?.(own, { SEED_DEMO: "true", ADMIN_PASSWORD: PASSWORD }) ?? Promise.resolve(),
            );
      if (database !== undefined) databases.set(description.name, database);
      const urls = description.calls.map(({ name: callee }) => {
        const running = services.get(callee);
        if (running === undefined) throw new Error(`start ${callee} before ${description.name}`);
        return [`${callee.toUpperCase()}_URL`, running.apiUrl];
      });
      const running = await startTestService(
        { ...service, description: { ...description, name } },
        {
          BROKER_URL: testServer("TEST_BROKER_URL"),
          REDIS_URL: redis.href,
          DATABASE_URL: database?.url,
          ...Object.fromEntries(urls),
          ...environment,
        },
      );
      services.set(description.name, running);
    };

    await start(catalogService);
    await start(reviewService);
    await start(cartService, { NEW_CARTS_PER_MINUTE: "1000", NEW_CARTS_BURST: "1000" });
    await start(accountService, {
      KEY_ENCRYPTION_KEY: randomBytes(32).toString("base64url"),
      ADMIN_PASSWORD: PASSWORD,
      ...account,
    });
    await start(paymentService, {
      PROVIDER_WEBHOOK_SECRET: "only-for-tests",
      TEST_PROVIDER_DELAY_MILLISECONDS: "500",
    });
    await start(logisticsService, {
      HANDLING_SECONDS: String(handling),
      CARRIER_STEP_SECONDS: String(carrierStep),
      TRACKING_SECONDS: "1",
    });
    await start(orderService, { ORDER_TOKEN_KEY: "only-for-tests" });
    await start(gatewayService, {
      RATE_LIMIT_PER_SECOND: "1000",
      RATE_LIMIT_BURST: "10000",
      CREDENTIALS_RATE_LIMIT_PER_MINUTE: "1000",
      CREDENTIALS_RATE_LIMIT_BURST: "1000",
    });
    await start(storefrontService, { WEB_DIRECTORY: await builtPages() });

    const portOf = (name: string) => Number(new URL(services.get(name)?.apiUrl ?? "").port);
    const front = await openFront(0, [
      { path: "/api", port: portOf("gateway") },
      { path: "/", port: portOf("storefront") },
    ]);
    return new Shop(front, services, databases, queues);
  }

  async stop(): Promise<void> {
    this.#front.closeAllConnections();
    this.#front.close();
    await once(this.#front, "close");
    for (const service of [...this.services.values()].reverse()) await service.stop();
    for (const database of this.databases.values()) await database.drop();
    const broker = new Connection(testServer("TEST_BROKER_URL"));
    for (const name of this.#queues) {
      for (const queue of [`${name}.events`, `${name}.dead-letters`]) await broker.queueDelete({ queue });
    }
    await broker.close();
  }

  /** Sends a request to the public API, and checks the answer against its contract. */
  async api<Schema extends TSchema>(
    schema: Schema,
    path: string,
    init: RequestInit = {},
  ): Promise<Static<Schema>> {
    const response = await fetch(`${this.origin}/api${path}`, {
      ...init,
      headers: { "content-type": "application/json", ...init.headers },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return parseAnswer(schema, { status: response.status, body: await response.json() });
  }
}

let pages: Promise<string> | undefined;

/** The built pages, in a directory that the tests share. */
export function builtPages(): Promise<string> {
  pages ??= bundleWeb("storefront").then((bundle) => {
    const directory = join(tmpdir(), `tradestack-storefront-${process.pid}`);
    writeFiles(bundle?.files ?? [], directory);
    return directory;
  });
  return pages;
}
