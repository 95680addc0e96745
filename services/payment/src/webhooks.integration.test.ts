import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORGOTTEN_AT_ONCE, statement } from "../../chassis/index.ts";
import { Counter } from "../test/counter.ts";
import { forgetOldEvents } from "./webhooks.ts";

let counter: Counter;

beforeAll(async () => {
  counter = await Counter.open();
});
afterAll(() => counter?.close());

const EVENTS = statement<{ events: number }>(
  "test-events",
  "SELECT count(*)::int AS events FROM provider_events",
);
const ADD_EVENTS = statement(
  "test-add-events",
  `INSERT INTO provider_events (provider, event_id, received_at)
   SELECT 'old', gen_random_uuid()::text, now() - make_interval(days => $2) FROM generate_series(1, $1)`,
);
const WAITING = statement<{ waiting: number }>(
  "test-webhooks-waiting",
  "SELECT count(*)::int AS waiting FROM test_provider.webhooks",
);
const events = async () => (await counter.query(EVENTS))[0]?.events;
const allSent = () =>
  expect.poll(() => counter.query(WAITING), { timeout: 60_000 }).toEqual([{ waiting: 0 }]);
const settled = (paymentId: unknown, state: string) =>
  expect.poll(() => counter.stateOf(paymentId), { timeout: 60_000 }).toBe(state);

const captured = (key: unknown, changes: object = {}) => ({
  id: `evt_${randomUUID()}`,
  type: "charge.captured",
  data: { key, captured: 1000, declineCode: null },
  ...changes,
});

describe("a decision that comes later", () => {
  test("takes the money when it is a yes; until then the payment is pending", async () => {
    const request = { orderId: randomUUID(), cardToken: "tok_processing_approve" };
    const { status, body } = await counter.authorise(request);
    expect(status).toBe(202);
    expect(body).toMatchObject({ state: "pending", captured: 0 });
    await settled(body.paymentId, "captured");
    expect(await counter.account(body.paymentId, "provider")).toBe(1000);
    const again = await counter.authorise(request);
    expect(again).toMatchObject({ status: 201, body: { state: "captured", captured: 1000 } });
  });

  test("holds the money where it is not to be taken at once", async () => {
    const { body } = await counter.authorise({ cardToken: "tok_processing_approve", capture: false });
    await settled(body.paymentId, "authorised");
    expect(await counter.account(body.paymentId, "provider")).toBe(0);
    const path = `/payments/${body.paymentId}/captures`;
    expect(await counter.post(path, {}, "capture-held")).toMatchObject({ status: 201 });
  });

  test("is answered as any other decline when it is a no", async () => {
    const request = { orderId: randomUUID(), cardToken: "tok_processing_decline" };
    const { body } = await counter.authorise(request);
    await settled(body.paymentId, "declined");
    expect(await counter.authorise(request)).toMatchObject({
      status: 402,
      body: { declineCode: "do_not_honor" },
    });
  });

  test("is told to the others once, however often the webhook comes", async () => {
    const { body } = await counter.authorise({ cardToken: "tok_duplicate_webhook" });
    await settled(body.paymentId, "captured");
    await allSent();
    expect(await counter.account(body.paymentId, "provider")).toBe(1000);
    await expect
      .poll(() => counter.metrics(), { timeout: 60_000 })
      .toMatch(/provider_events_total\{receipt="known"\} [1-9]/);
  });

  test("that comes after the order was reversed gives the money back", async () => {
    const orderId = randomUUID();
    const { body } = await counter.authorise({ orderId, cardToken: "tok_processing_approve" });
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    const shown = async () => (await counter.get(`/payments/${body.paymentId}`)).body;
    await expect.poll(shown, { timeout: 60_000 }).toMatchObject({
      state: "voided",
      captured: 1000,
      refunded: 1000,
    });
    expect(await counter.account(body.paymentId, "provider")).toBe(0);
    expect((await counter.authorise({ orderId, cardToken: "tok_processing_approve" })).status).toBe(409);
  });

  test("follows an answer that got lost, and so does the same request again", async () => {
    const lost = await counter.authorise({ orderId: randomUUID(), cardToken: "tok_timeout_charged" });
    expect(lost.status).toBe(504);
    const request = { orderId: randomUUID(), cardToken: "tok_timeout_charged" };
    expect((await counter.authorise(request)).status).toBe(504);
    expect(await counter.authorise(request)).toMatchObject({ status: 201, body: { captured: 1000 } });
    await allSent();
  });
});

describe("a webhook", () => {
  const pending = async () =>
    (await counter.authorise({ cardToken: "tok_timeout" })) && (await counter.query(LAST_PENDING))[0]?.id;
  const LAST_PENDING = statement<{ id: string }>(
    "test-last-pending",
    "SELECT id FROM payments WHERE state = 'pending' ORDER BY id DESC LIMIT 1",
  );

  test("is applied once, also when twenty copies come at once", async () => {
    const id = await pending();
    const event = captured(id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => counter.webhook(event)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await counter.account(id, "provider")).toBe(1000);
  });

  test("that is out of order, or about nothing of ours, changes nothing", async () => {
    const id = await pending();
    await counter.webhook(captured(id));
    const declined = { type: "charge.declined", data: { key: id, captured: 0, declineCode: "stolen_card" } };
    expect((await counter.webhook(captured(id, declined))).status).toBe(200);
    expect((await counter.webhook(captured(id, { type: "charge.authorised" }))).status).toBe(200);
    expect((await counter.webhook(captured(randomUUID()))).status).toBe(200);
    expect(await counter.stateOf(id)).toBe("captured");
    expect(await counter.account(id, "provider")).toBe(1000);
  });

  test("of an unknown type is taken and ignored", async () => {
    const before = await events();
    const unknown = { id: "evt_unknown_type", type: "customer.created", data: { key: 1 } };
    expect(await counter.webhook(unknown)).toMatchObject({ status: 200, body: { received: true } });
    expect(await events()).toBe(before);
  });

  test("that tells of more money than was asked for books nothing", async () => {
    const id = await pending();
    const data = { key: id, captured: 1001, declineCode: null };
    expect((await counter.webhook(captured(id, { data }))).status).toBe(200);
    expect(await counter.stateOf(id)).toBe("pending");
  });

  test("without a good signature is refused, and nothing is written", async () => {
    const id = await pending();
    const before = await events();
    const event = captured(id);
    const seconds = Math.floor(Date.now() / 1000);
    expect((await counter.webhook(event, seconds - 301)).body.type).toMatch(/invalid-signature$/);
    const json = { "content-type": "application/json" };
    for (const signature of ["", "t=1", `t=${seconds},v1=${"0".repeat(64)}`]) {
      const headers = { ...json, "test-provider-signature": signature };
      expect((await counter.send("/webhooks/test", JSON.stringify(event), headers)).status).toBe(400);
    }
    expect((await counter.send("/webhooks/test", JSON.stringify(event), json)).status).toBe(400);
    expect((await counter.send("/webhooks/test", null, {})).status).toBe(400);
    expect(await events()).toBe(before);
    expect(await counter.stateOf(id)).toBe("pending");
  });

  test("that is signed and no event is refused; another provider's is not found", async () => {
    expect((await counter.webhook({ id: "evt_1" })).status).toBe(400);
    expect((await counter.webhook(captured("no-uuid"))).status).toBe(400);
    expect((await counter.post("/webhooks/stripe", {})).status).toBe(404);
  });
});

test("metrics count payments by outcome and show that the ledger is even", async () => {
  const metrics = await counter.metrics();
  expect(metrics).toMatch(/payments_total\{outcome="pending"\} [1-9]/);
  expect(metrics).toMatch(/payments_total\{outcome="provider-timeout"\} [1-9]/);
  expect(metrics).toMatch(/^ledger_imbalance 0$/m);
  const { ledger, ours, theirs } = await counter.totals();
  expect(ledger).toBe(0);
  // Two events above are made up: the provider knows nothing of their money.
  expect(ours).toBe(theirs + 2000);
});

test("ids of old events are forgotten few at a time, however many there are, and no others", async () => {
  const before = Number(await events());
  await counter.query(ADD_EVENTS, [FORGOTTEN_AT_ONCE + 7, 100]);
  await counter.query(ADD_EVENTS, [5, 0]);
  const { database } = counter.database;
  expect(await forgetOldEvents(database)).toBe(true);
  expect(await events()).toBe(before + 12);
  expect(await forgetOldEvents(database)).toBe(false);
  expect(await events()).toBe(before + 5);
});
