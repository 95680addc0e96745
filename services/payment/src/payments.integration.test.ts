import { randomUUID } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { Pool } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningService, statement } from "../../chassis/index.ts";
import {
  createTestDatabase,
  startTestService,
  type TestDatabase,
  testServer,
} from "../../chassis/test/running.ts";
import { paymentService } from "./payment-service.ts";

let database: TestDatabase;
let service: RunningService;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase(join(import.meta.dirname, "../migrations"));
  service = await startTestService(paymentService, {
    DATABASE_URL: database.url,
    BROKER_URL: testServer("TEST_BROKER_URL"),
    PROVIDER_TIMEOUT_MILLISECONDS: "100",
    PROVIDER_WEBHOOK_SECRET: "only-for-tests",
  });
  pool = new Pool(service.apiUrl, { connections: 32 });
});
afterAll(async () => {
  await pool?.close();
  await service?.stop();
  await database?.drop();
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(path: string, body?: unknown, key?: string): Promise<Answer> {
  const answer = await pool.request({
    method: "POST",
    path,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: text === "" ? {} : JSON.parse(text) };
}

const authorise = (changes: object = {}): Promise<Answer> =>
  post("/payments/authorisations", {
    orderId: randomUUID(),
    amount: 1000,
    currency: "EUR",
    cardToken: "tok_approve",
    capture: true,
    ...changes,
  });

const ACCOUNT = statement<{ amount: number }>(
  "test-account",
  "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM ledger_entries WHERE payment_id = $1 AND account = $2",
);
const account = async (paymentId: unknown, name: string) =>
  (await database.database.query(ACCOUNT, [paymentId, name]))[0]?.amount;
const stateOf = async (paymentId: unknown): Promise<unknown> => {
  const { body } = await pool.request({ method: "GET", path: `/payments/${paymentId}` });
  return JSON.parse(await body.text()).state;
};

describe("an authorisation", () => {
  test("takes the money and books it", async () => {
    const { status, body } = await authorise();
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: "captured", amount: 1000, captured: 1000, refunded: 0 });
    expect(await account(body.paymentId, "provider")).toBe(1000);
    expect(await account(body.paymentId, "sales")).toBe(-1000);
  });

  test("sent ten times at once takes the money once and answers the same", async () => {
    const orderId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => authorise({ orderId })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await account(answers[0]?.body.paymentId, "provider")).toBe(1000);
  });

  test("of another amount for the same order is refused", async () => {
    const orderId = randomUUID();
    await authorise({ orderId });
    expect((await authorise({ orderId, amount: 999 })).status).toBe(422);
  });

  test("with a declined card is answered with the reason, each time", async () => {
    const request = { orderId: randomUUID(), cardToken: "tok_expired_card" };
    for (const answer of [await authorise(request), await authorise(request)]) {
      expect(answer.status).toBe(402);
      expect(answer.body).toMatchObject({ declineCode: "expired_card" });
    }
  });

  test("without an answer of the provider is 504, and may be reversed", async () => {
    const orderId = randomUUID();
    expect((await authorise({ orderId, cardToken: "tok_timeout" })).status).toBe(504);
    expect((await post("/payments/reversals", { orderId })).status).toBe(204);
    expect((await authorise({ orderId, cardToken: "tok_timeout" })).status).toBe(409);
  });
});

test("a payment that was begun longer ago than providers remember keys is not asked for again, a refund is", async () => {
  const orderId = randomUUID();
  expect((await authorise({ orderId, cardToken: "tok_timeout_charged" })).status).toBe(504);
  const { body } = await authorise({ cardToken: "tok_refund_fails_once" });
  const path = `/payments/${body.paymentId}/refunds`;
  expect((await post(path, { amount: 400 }, "refund-old")).status).toBe(504);
  await database.database.script(`
    UPDATE payments SET created_at = created_at - interval '2 days' WHERE order_id = '${orderId}';
    UPDATE payment_operations SET created_at = created_at - interval '2 days' WHERE payment_id = '${body.paymentId}'`);
  expect((await authorise({ orderId, cardToken: "tok_timeout_charged" })).status).toBe(409);
  // The provider looks for a refund before it makes one.
  expect((await post(path, { amount: 400 }, "refund-old")).status).toBe(201);
  expect(await account(body.paymentId, "refunds")).toBe(400);
  // The payment can still be reversed, which gives back whatever was taken.
  expect((await post("/payments/reversals", { orderId })).status).toBe(204);
});

describe("a held payment", () => {
  test("is captured in part, once, and the rest is let go", async () => {
    const { body } = await authorise({ capture: false });
    expect(body).toMatchObject({ state: "authorised", captured: 0 });
    expect(await account(body.paymentId, "provider")).toBe(0);
    const path = `/payments/${body.paymentId}/captures`;
    expect((await post(path, { amount: 1001 }, "capture-too-much")).status).toBe(409);
    const captured = await post(path, { amount: 400 }, "capture-1");
    expect(captured.body).toMatchObject({ state: "captured", captured: 400 });
    expect(await post(path, { amount: 400 }, "capture-1")).toEqual(captured);
    expect((await post(path, { amount: 500 }, "capture-1")).status).toBe(422);
    expect((await post(path, { amount: 100 }, "capture-2")).status).toBe(409);
    expect(await account(body.paymentId, "provider")).toBe(400);
  });

  test("is voided, and then neither captured nor refunded", async () => {
    const { body } = await authorise({ capture: false });
    const voided = await post(`/payments/${body.paymentId}/void`, undefined, "void-it-1");
    expect(voided.body).toMatchObject({ state: "voided" });
    expect((await post(`/payments/${body.paymentId}/captures`, {}, "capture-1")).status).toBe(409);
    expect((await post(`/payments/${body.paymentId}/refunds`, {}, "refund-01")).status).toBe(409);
  });
});

test("refunds sent at the same time never give back more than was taken", async () => {
  const { body } = await authorise();
  const path = `/payments/${body.paymentId}/refunds`;
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => post(path, { amount: 300 }, `refund-${index}0`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
  const rest = await post(path, {}, "refund-the-rest");
  expect(rest.body).toMatchObject({ state: "refunded", refunded: 1000 });
  expect(await account(body.paymentId, "provider")).toBe(0);
  expect(await account(body.paymentId, "refunds")).toBe(1000);
});

describe("a reversal", () => {
  test("gives taken money back, once", async () => {
    const orderId = randomUUID();
    const { body } = await authorise({ orderId });
    await Promise.all([1, 2, 3].map(() => post("/payments/reversals", { orderId })));
    expect(await stateOf(body.paymentId)).toBe("refunded");
    expect(await account(body.paymentId, "provider")).toBe(0);
  });

  test("of an order that was never seen bars its payment when that comes late", async () => {
    const orderId = randomUUID();
    expect((await post("/payments/reversals", { orderId })).status).toBe(204);
    expect((await authorise({ orderId })).status).toBe(409);
  });

  test("at the same time as the payment leaves nothing taken", async () => {
    for (let round = 0; round < 20; round++) {
      const orderId = randomUUID();
      const [paid] = await Promise.all([
        authorise({ orderId }),
        post("/payments/reversals", { orderId }),
        post("/payments/reversals", { orderId }),
      ]);
      await post("/payments/reversals", { orderId });
      expect([201, 409]).toContain(paid.status);
      const again = await authorise({ orderId });
      if (paid.status === 409) expect(again.status).toBe(409);
      else expect(await account(paid.body.paymentId, "provider")).toBe(0);
    }
  });
});

describe("the ledger", () => {
  const book = statement(
    "test-book",
    `INSERT INTO ledger_entries (transaction_id, payment_id, account, currency, amount)
     SELECT $1, $2, account, 'EUR', amount FROM unnest($3::text[], $4::bigint[]) AS entry (account, amount)`,
  );

  test("refuses a transaction that does not balance", async () => {
    const { body } = await authorise();
    const amounts = fc.array(
      fc.integer({ min: -500, max: 500 }).filter((amount) => amount !== 0),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(amounts, async (entries) => {
        const accounts = entries.map((_, index) => (index % 2 ? "sales" : "provider"));
        const booked = database.database.query(book, [randomUUID(), body.paymentId, accounts, entries]);
        const sum = entries.reduce((total, amount) => total + amount, 0);
        if (sum === 0) await booked;
        else await expect(booked).rejects.toMatchObject({ constraint: "ledger_balance" });
      }),
      { numRuns: 60, examples: [[[100, -100]], [[100, -99]], [[5, 5, -10]]] },
    );
  });

  test.each([
    "UPDATE ledger_entries SET amount = amount * 2",
    "DELETE FROM ledger_entries",
    "TRUNCATE ledger_entries",
  ])("refuses %s", async (sql) => {
    await authorise();
    await expect(database.database.script(sql)).rejects.toMatchObject({ constraint: "ledger_append_only" });
  });

  test("is even after everything above", async () => {
    const sum = statement<{ amount: number }>(
      "test-sum",
      "SELECT coalesce(sum(amount), 0)::bigint AS amount FROM ledger_entries",
    );
    expect(await database.database.query(sum)).toEqual([{ amount: 0 }]);
  });
});
