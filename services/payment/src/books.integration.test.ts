import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Problem, statement } from "../../chassis/index.ts";
import { createTestDatabase, type TestDatabase } from "../../chassis/test/running.ts";
import { MIGRATIONS, tillOn, totalsOf } from "../test/counter.ts";
import { Killed, mortal } from "../test/mortal.ts";
import { authorise } from "./authorise.ts";
import type { OperationKind } from "./operation-rules.ts";
import { operate, type Till } from "./operations.ts";
import { reconcile } from "./reconcile.ts";
import { reverse } from "./reverse.ts";
import { readEvent, writeEvent } from "./test-provider/webhook-events.ts";
import { decide } from "./test-provider/webhook-sender.ts";
import { carryOnAllOperations } from "./unfinished.ts";
import { receive } from "./webhooks.ts";

let database: TestDatabase;
let till: Till;
const start = new Date(Date.now() - 60_000);

beforeAll(async () => {
  database = await createTestDatabase(MIGRATIONS);
  till = tillOn(database);
});
afterAll(() => database?.drop());

const FIND = statement<{ id: string }>("test-find", "SELECT id FROM payments WHERE order_id = $1");
const WEBHOOK = statement<{ event_id: string; charge_key: string }>(
  "test-webhook",
  "SELECT event_id, charge_key FROM test_provider.webhooks WHERE charge_key = $1",
);
const UNFINISHED = statement<{ id: string }>(
  "test-unfinished",
  "SELECT id FROM payment_operations WHERE response IS NULL AND payment_id = $1",
);
const WRONG = statement<{ id: string }>(
  "test-wrong",
  "SELECT id FROM payments WHERE NOT (0 <= refunded AND refunded <= captured AND captured <= amount)",
);

interface Order {
  readonly orderId: string;
  readonly cardToken: string;
  readonly capture: boolean;
}
const AMOUNT = 1000;

/** Something that is done, and the step at which the process that does it dies. */
const deed = fc.record({
  what: fc.constantFrom("authorise", "capture", "void", "refund", "reversal", "webhook", "carry on"),
  amount: fc.option(fc.integer({ min: 1, max: AMOUNT + 1 }), { nil: undefined }),
  key: fc.constantFrom("key-0001", "key-0002", "key-0003"),
  diesAt: fc.option(fc.integer({ min: 0, max: 14 }), { nil: undefined }),
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

const paymentOf = async ({ orderId }: Order) => (await database.database.query(FIND, [orderId]))[0]?.id;

/** Tells the till of the charge's decision, as often as it is called. */
async function tell(mortalTill: Till, paymentId: string | undefined): Promise<void> {
  for (const { event_id, charge_key } of await database.database.query(WEBHOOK, [paymentId])) {
    const event = readEvent(JSON.parse(writeEvent(event_id, await decide(database.database, charge_key))));
    if (event !== undefined) await receive(mortalTill, event);
  }
}

async function perform({ what, amount, key, diesAt }: Deed, order: Order): Promise<void> {
  const dying = mortal(till, diesAt);
  const { orderId } = order;
  if (what === "authorise") {
    await authorise(dying, { ...order, amount: AMOUNT, currency: "EUR" });
    return;
  }
  if (what === "reversal") return reverse(dying, orderId);
  if (what === "carry on") {
    await carryOnAllOperations(dying);
    return;
  }
  const paymentId = await paymentOf(order);
  if (paymentId === undefined) return;
  if (what === "webhook") return tell(dying, paymentId);
  const kind: OperationKind = what;
  const asked = kind === "void" ? undefined : amount;
  await operate(dying, { kind, paymentId, idempotencyKey: key, amount: asked });
}

/** A refusal and a death are what may happen; anything else is a fault. */
const expected = (error: unknown): void => {
  if (!(error instanceof Problem || error instanceof Killed)) throw error;
};

test("whatever is done and wherever it dies, the books agree with the provider's in the end", async () => {
  const tokens = [
    "tok_approve",
    "tok_decline",
    "tok_processing_approve",
    "tok_processing_decline",
    "tok_timeout_charged",
    "tok_refund_fails_once",
    "tok_refund_refused",
  ];
  const sequence = fc.record({
    cardToken: fc.constantFrom(...tokens),
    capture: fc.boolean(),
    // Those of one group are done at the same time.
    deeds: fc.array(fc.array(deed, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(sequence, async ({ cardToken, capture, deeds: groups }) => {
      const deeds = groups.flat();
      const order = { orderId: randomUUID(), cardToken, capture };
      const first: Deed = { what: "authorise", amount: undefined, key: "key-0001", diesAt: deeds[0]?.diesAt };
      for (const group of [[first, first, ...(groups[0] ?? [])], ...groups.slice(1)]) {
        await Promise.all(group.map((each) => perform(each, order).catch(expected)));
      }

      // The time that heals: the client repeats, webhooks come, plans are carried on, people reconcile.
      const reversed = deeds.some(({ what }) => what === "reversal");
      const last: Deed = {
        what: reversed ? "reversal" : "authorise",
        amount: undefined,
        key: "key-0001",
        diesAt: undefined,
      };
      const finish = async () => {
        await perform(last, order).catch(expected);
        await tell(till, await paymentOf(order));
        await carryOnAllOperations(till);
      };
      // A card may answer late, and a refund fail the first time: each once.
      for (let round = 0; round < 3; round++) await finish();
      const options = { since: start, pauseMilliseconds: 0 };
      await reconcile(till, { ...options, repair: true });
      await carryOnAllOperations(till);

      expect((await reconcile(till, { ...options, repair: false })).differences).toEqual([]);
      const { ledger, ours, theirs } = await totalsOf(database);
      expect(ledger).toBe(0);
      expect(ours).toBe(theirs);
      expect(await database.database.query(WRONG)).toEqual([]);
      // What must leave nothing taken is tried for as long as the provider refuses it.
      if (cardToken === "tok_refund_refused" && reversed) return;
      expect(await database.database.query(UNFINISHED, [await paymentOf(order)])).toEqual([]);
    }),
    // What a failure leaves in the books would fail every smaller example, too.
    { numRuns: 120, endOnFailure: true },
  );
});

test("an authorisation sent twenty times at once is one charge at the provider", async () => {
  const before = await totalsOf(database);
  for (let round = 0; round < 10; round++) {
    const request = {
      orderId: randomUUID(),
      cardToken: "tok_approve",
      capture: true,
      amount: 700,
      currency: "EUR",
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => authorise(till, request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  }
  const after = await totalsOf(database);
  expect(after.charges - before.charges).toBe(10);
  expect(after.theirs - before.theirs).toBe(7000);
  expect(after.ours - before.ours).toBe(7000);
});
