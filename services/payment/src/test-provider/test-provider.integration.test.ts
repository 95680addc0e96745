import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statement } from "../../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../../chassis/test/running.ts";
import { MIGRATIONS, tillOn, WEBHOOK_SECRET } from "../../test/counter.ts";
import { type PaymentProvider, ProviderAwayError, RefusedByProviderError } from "../provider.ts";
import { isSigned } from "../webhook-signature.ts";
import { CHARGE } from "./charges.ts";
import { SIGNATURE_HEADER } from "./webhook-events.ts";
import { sendWebhooks } from "./webhook-sender.ts";

let own: TestDatabase;
let provider: PaymentProvider;

beforeAll(async () => {
  own = await createTestDatabase(MIGRATIONS);
  provider = tillOn(own).provider;
});
afterAll(() => own?.drop());

const patience = () => AbortSignal.timeout(5000);
const authorise = (cardToken: string, key: string = randomUUID(), capture = true) =>
  provider.authorise({ key, amount: 1000, currency: "EUR", cardToken, capture }, patience());
const reference = (key: string) => `test_${key}`;

describe("the test provider", () => {
  test("charges once a key, and says the same again", async () => {
    const key = randomUUID();
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => authorise("tok_approve", key)));
    expect(new Set(verdicts.map((verdict) => JSON.stringify(verdict))).size).toBe(1);
    const charges = await Array.fromAsync(provider.charges(new Date(0)));
    expect(charges.filter(({ paymentId }) => paymentId === key)).toMatchObject([{ captured: 1000 }]);
  });

  test("does not wait for the disk when it remembers a charge", async () => {
    const setting = statement<{ synchronous_commit: string }>("test-commit", "SHOW synchronous_commit");
    const values = [randomUUID(), "captured", "EUR", 5, 5, null, "tok_approve", true];
    const seen = await own.database.transaction(async (transaction) => {
      await transaction.query(CHARGE, values);
      return transaction.query(setting);
    });
    expect(seen).toEqual([{ synchronous_commit: "off" }]);
    expect(await own.database.query(setting)).toEqual([{ synchronous_commit: "on" }]);
  });

  test("fails or refuses refunds of cards that say so", async () => {
    const [fails, refused] = [randomUUID(), randomUUID()];
    await authorise("tok_refund_fails_once", fails);
    await authorise("tok_refund_refused", refused);
    const first = { key: randomUUID(), reference: reference(fails), amount: 400, forgotten: false };
    await expect(provider.refund(first, patience())).rejects.toThrow(ProviderAwayError);
    await provider.refund(first, patience());
    await provider.refund(first, patience());
    const never = { key: randomUUID(), reference: reference(refused), amount: 400, forgotten: false };
    await expect(provider.refund(never, patience())).rejects.toThrow(RefusedByProviderError);
    const refunds = await Array.fromAsync(provider.refunds(new Date(0)));
    expect(refunds).toMatchObject([{ operationId: first.key, amount: 400 }]);
  });

  test("never gives back more than it took, nor takes what it does not hold", async () => {
    const key = randomUUID();
    await authorise("tok_approve", key, false);
    const move = (kind: "capture" | "refund", amount: number) =>
      provider[kind]({ key: randomUUID(), reference: reference(key), amount, forgotten: false }, patience());
    await expect(move("refund", 1)).rejects.toThrow(RefusedByProviderError);
    await expect(move("capture", 1001)).rejects.toThrow(RefusedByProviderError);
    await move("capture", 600);
    await expect(move("capture", 1)).rejects.toThrow(RefusedByProviderError);
    await expect(move("refund", 601)).rejects.toThrow(RefusedByProviderError);
    await move("refund", 600);
  });
});

test("a webhook is sent with backoff until it is taken, by whoever lives, and signed anew each time", async () => {
  const key = randomUUID();
  await authorise("tok_duplicate_webhook", key);
  const received: { signed: boolean; body: string }[] = [];
  let status = 500;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const header = request.headers[SIGNATURE_HEADER];
    const now = Math.floor(Date.now() / 1000);
    const signed = isSigned(WEBHOOK_SECRET, String(header), Buffer.from(body), now);
    received.push({ signed, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/test`;
  const send = () => sendWebhooks({ database: own.database, secret: WEBHOOK_SECRET, url: () => url });
  const DUE = statement(
    "test-due",
    `UPDATE test_provider.webhooks SET attempts = $1, due_at = clock_timestamp() + make_interval(secs => $2)`,
  );
  const PAUSES = statement<{ attempts: number; long: boolean }>(
    "test-pauses",
    `SELECT attempts, due_at > clock_timestamp() + interval '50 minutes' AS long FROM test_provider.webhooks`,
  );
  try {
    await send();
    expect(received).toHaveLength(2);
    expect(await own.database.query(PAUSES)).toEqual([{ attempts: 1, long: false }]);
    // While it is not due nothing is sent.
    await own.database.query(DUE, [1, 3600]);
    await send();
    expect(received).toHaveLength(2);
    // Nobody is there, for the 21st time.
    await own.database.query(DUE, [20, 0]);
    const nobody = () => "http://127.0.0.1:1/nobody";
    await sendWebhooks({ database: own.database, secret: WEBHOOK_SECRET, url: nobody });
    expect(await own.database.query(PAUSES)).toEqual([{ attempts: 21, long: true }]);

    status = 200;
    await own.database.query(DUE, [21, 0]);
    await Promise.all([send(), send(), send()]);
    expect(await own.database.query(PAUSES)).toEqual([]);
    expect(received).toHaveLength(4);
    expect(received.every(({ signed }) => signed)).toBe(true);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ type: "charge.captured", data: { key } });
  } finally {
    server.close();
  }
});
