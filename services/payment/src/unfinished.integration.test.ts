import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { MIGRATIONS, tillOn } from "../test/counter.ts";
import { authorise } from "./authorise.ts";
import { operate, type Till } from "./operations.ts";
import { ProviderAwayError } from "./provider.ts";
import { carryOnAllOperations, carryOnOperations } from "./unfinished.ts";

let database: TestDatabase;
let till: Till;

beforeAll(async () => {
  database = await createTestDatabase(MIGRATIONS);
  till = tillOn(database);
});
afterAll(() => database?.drop());

const AGE = statement(
  "test-age-operations",
  `UPDATE payment_operations SET created_at = now() - interval '1 hour', due_at = now() - interval '1 hour'
   WHERE response IS NULL`,
);
const END_PAUSES = statement(
  "test-end-pauses",
  "UPDATE payment_operations SET due_at = now() WHERE response IS NULL",
);
const PAUSES = statement<{ payment_id: string; attempts: number; pause: number }>(
  "test-pauses",
  `SELECT payment_id, attempts, extract(epoch FROM due_at - clock_timestamp())::float8 AS pause
   FROM payment_operations WHERE response IS NULL`,
);

/** Makes a payment whose capture gets no answer. */
async function lostCapture(): Promise<string> {
  const request = { orderId: randomUUID(), amount: 1000, currency: "EUR", cardToken: "tok_approve" };
  const { paymentId } = await authorise(till, { ...request, capture: false });
  const away = { ...till.provider, capture: () => Promise.reject(new ProviderAwayError("lost")) };
  const planned = { kind: "capture", paymentId, idempotencyKey: "capture-1", amount: 1000 } as const;
  await expect(operate({ ...till, provider: away }, planned)).rejects.toMatchObject({ status: 504 });
  return paymentId;
}

test("an operation that cannot be finished waits longer each time, and holds up no other", async () => {
  const stuck = await lostCapture();
  const others = [await lostCapture(), await lostCapture(), await lostCapture()];
  const { capture } = till.provider;
  const choosy: Till = {
    ...till,
    provider: {
      ...till.provider,
      capture: (request, signal) =>
        request.reference.includes(stuck)
          ? Promise.reject(new ProviderAwayError("never"))
          : capture(request, signal),
    },
  };
  expect(await carryOnOperations(choosy)).toMatchObject({ finished: 0, failures: [] });
  await database.database.query(AGE);
  const { finished, failures } = await carryOnOperations(choosy);
  expect(finished).toBe(others.length);
  expect(failures).toMatchObject([{ attempts: 1 }]);
  const pauses: number[] = [];
  for (const attempts of [1, 2, 3]) {
    const [left, ...more] = await database.database.query(PAUSES);
    expect([left, more]).toMatchObject([{ payment_id: stuck, attempts }, []]);
    pauses.push(left?.pause ?? 0);
    expect(await carryOnOperations(choosy)).toMatchObject({ finished: 0, failures: [] });
    await database.database.query(END_PAUSES);
    expect((await carryOnOperations(choosy)).failures).toHaveLength(1);
  }
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(await carryOnAllOperations(till)).toMatchObject({ finished: 1, failures: [] });
  expect(await database.database.query(PAUSES)).toEqual([]);
});
