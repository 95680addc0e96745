import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Pool, request } from "undici";
import { type RunningService, type Statement, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import type { Till } from "../src/operations.ts";
import { paymentService } from "../src/payment-service.ts";
import type { PaymentProvider } from "../src/provider.ts";
import { createTestProvider } from "../src/test-provider/test-provider.ts";
import { signWebhook } from "../src/webhook-signature.ts";

/** What payment answered. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const WEBHOOK_SECRET = "only-for-tests";
export const MIGRATIONS = join(import.meta.dirname, "../migrations");
/** The provider has this long to answer, in milliseconds. */
const TIMEOUT = 100;

const ACCOUNT = statement<{ amount: number }>(
  "test-account",
  "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM ledger_entries WHERE payment_id = $1 AND account = $2",
);
const TOTALS = statement<Totals>(
  "test-totals",
  `SELECT (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries) AS ledger,
     (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries WHERE account = 'provider') AS ours,
     (SELECT coalesce(sum(captured - refunded), 0)::bigint FROM test_provider.charges) AS theirs,
     (SELECT count(*)::int FROM test_provider.charges) AS charges`,
);

/** What the books add up to. */
export interface Totals {
  /** Over all accounts. */
  readonly ledger: number;
  /** The provider's account in our ledger. */
  readonly ours: number;
  /** What the provider holds. */
  readonly theirs: number;
  readonly charges: number;
}

/** A till with the test provider, without a service around it. */
export const tillOn = ({ database }: TestDatabase, provider?: PaymentProvider): Till => ({
  database,
  provider: provider ?? createTestProvider({ database, webhookSecret: WEBHOOK_SECRET, delayMilliseconds: 0 }),
  providerTimeoutMilliseconds: TIMEOUT,
  onEvent: () => {},
});

/** What the books of a database add up to. */
export async function totalsOf({ database }: TestDatabase): Promise<Totals> {
  const [totals] = await database.query(TOTALS);
  if (totals === undefined) throw new Error("a statement without rows");
  return totals;
}

/** A payment service on a database of its own, and ways to ask it. */
export class Counter {
  readonly database: TestDatabase;
  readonly environment: NodeJS.ProcessEnv;
  readonly #service: RunningService;
  readonly #pool: Pool;

  private constructor(database: TestDatabase, environment: NodeJS.ProcessEnv, service: RunningService) {
    this.database = database;
    this.environment = environment;
    this.#service = service;
    this.#pool = new Pool(service.apiUrl, { connections: 32 });
  }

  /** @param overrides Environment that differs from that of the other tests. */
  static async open(overrides: NodeJS.ProcessEnv = {}): Promise<Counter> {
    const database = await createTestDatabase(MIGRATIONS);
    const environment = {
      DATABASE_URL: database.url,
      BROKER_URL: testServer("TEST_BROKER_URL"),
      PROVIDER_TIMEOUT_MILLISECONDS: String(TIMEOUT),
      PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TEST_PROVIDER_DELAY_MILLISECONDS: "50",
      ...overrides,
    };
    return new Counter(database, environment, await startTestService(paymentService, environment));
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await this.#service.stop();
    await this.database.drop();
  }

  get origin(): string {
    return this.#service.apiUrl;
  }

  async post(path: string, body?: unknown, key?: string): Promise<Answer> {
    return this.send(path, body === undefined ? null : JSON.stringify(body), {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    });
  }

  /** Sends bytes as they are. */
  async send(path: string, body: string | null, headers: Record<string, string>): Promise<Answer> {
    const answer = await this.#pool.request({ method: "POST", path, headers, body });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === "" ? {} : JSON.parse(text) };
  }

  async get(path: string): Promise<Answer> {
    const { statusCode, body } = await this.#pool.request({ method: "GET", path });
    return { status: statusCode, body: JSON.parse(await body.text()) as Answer["body"] };
  }

  authorise(changes: object = {}): Promise<Answer> {
    return this.post("/payments/authorisations", {
      orderId: randomUUID(),
      amount: 1000,
      currency: "EUR",
      cardToken: "tok_approve",
      capture: true,
      ...changes,
    });
  }

  /** Sends an event as the test provider would, signed. */
  webhook(event: object, at = Math.floor(Date.now() / 1000)): Promise<Answer> {
    const body = JSON.stringify(event);
    return this.send("/webhooks/test", body, {
      "content-type": "application/json",
      "test-provider-signature": signWebhook(WEBHOOK_SECRET, Buffer.from(body), at),
    });
  }

  async stateOf(paymentId: unknown): Promise<unknown> {
    return (await this.get(`/payments/${paymentId}`)).body.state;
  }

  /** What an account holds of a payment. */
  async account(paymentId: unknown, name: string): Promise<number | undefined> {
    return (await this.database.database.query(ACCOUNT, [paymentId, name]))[0]?.amount;
  }

  totals(): Promise<Totals> {
    return totalsOf(this.database);
  }

  query<Row>(named: Statement<Row>, values?: readonly unknown[]): Promise<Row[]> {
    return this.database.database.query(named, values);
  }

  async metrics(): Promise<string> {
    return (await request(`${this.#service.adminUrl}/metrics`)).body.text();
  }
}
