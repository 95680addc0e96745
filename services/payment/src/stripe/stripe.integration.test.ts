import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommand, statement } from "../../../chassis/index.ts";
import { silentLog } from "../../../chassis/test/running.ts";
import { Counter } from "../../test/counter.ts";
import { STRIPE_KEY, StripeServer } from "../../test/stripe.ts";
import { paymentService } from "../payment-service.ts";
import { reconcileCommand } from "../reconcile-command.ts";
import { signWebhook } from "../webhook-signature.ts";

const WEBHOOK_SECRET = "whsec_only_for_tests";
let stripe: StripeServer;
let counter: Counter;

beforeAll(async () => {
  stripe = await StripeServer.open();
  counter = await Counter.open({
    PAYMENT_PROVIDER: "stripe",
    STRIPE_URL: stripe.url,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PROVIDER_TIMEOUT_MILLISECONDS: "2000",
  });
});
beforeEach(() => {
  stripe.requests.length = 0;
});
afterAll(async () => {
  await counter?.close();
  await stripe?.close();
});

const authorise = (changes: object = {}) => counter.authorise({ cardToken: "pm_card_visa", ...changes });
const created = () => stripe.requests.filter((request) => request === "POST /v1/payment_intents").length;

/** A fault after which a request is given up. */
const NO_MORE = { status: 500, headers: { "stripe-should-retry": "false" } };

const AGE_OPERATIONS = statement(
  "test-age-operations",
  "UPDATE payment_operations SET created_at = created_at - interval '25 hours' WHERE payment_id = $1",
);
const PENDING = statement<{ id: string }>(
  "test-pending",
  "SELECT id FROM payments WHERE order_id = $1 AND state = 'pending'",
);
const AGE_PAYMENT = statement(
  "test-age-payment",
  `UPDATE payments SET created_at = created_at - interval '3 hours', asked_at = asked_at - interval '3 hours'
   WHERE id = $1`,
);

/** Lets a day go by: the operations of a payment are old, and Stripe has forgotten their keys. */
async function dayLater(paymentId: unknown): Promise<void> {
  await counter.query(AGE_OPERATIONS, [paymentId]);
  stripe.forgetKeys();
}

/** Makes a payment whose answer gets lost. */
async function lostPayment(orderId: string) {
  stripe.faults.push("answer lost", NO_MORE);
  expect((await authorise({ orderId })).status).toBe(504);
  const intent = [...stripe.intents.values()].at(-1);
  if (intent === undefined) throw new Error("nothing was charged");
  return intent;
}

function webhook(type: string, object: unknown, id = `evt_${randomUUID()}`) {
  const body = JSON.stringify({ id, object: "event", type, data: { object } });
  return counter.send("/webhooks/stripe", body, {
    "content-type": "application/json",
    "stripe-signature": signWebhook(WEBHOOK_SECRET, Buffer.from(body), Math.floor(Date.now() / 1000)),
  });
}

describe("an authorisation", () => {
  test("takes the money by one PaymentIntent that carries the payment's id", async () => {
    const { status, body } = await authorise();
    expect(status).toBe(201);
    expect(stripe.intentOf(body.paymentId)).toMatchObject({
      amount: 1000,
      amount_received: 1000,
      currency: "eur",
    });
    expect(await counter.account(body.paymentId, "provider")).toBe(1000);
  });

  test.each([
    ["pm_card_chargeDeclined", "generic_decline"],
    ["tok_unknown", "resource_missing"],
  ])("with %s is declined: %s", async (cardToken, declineCode) => {
    const request = { orderId: randomUUID(), cardToken };
    expect(await authorise(request)).toMatchObject({ status: 402, body: { declineCode } });
    expect((await authorise(request)).status).toBe(402);
  });

  test.each([
    ["the answer is lost after the money was taken", "answer lost"],
    ["Stripe is at fault", { status: 500 }],
    ["too many requests come", { status: 429 }],
    ["the same request is under way", { status: 409 }],
  ] as const)("is sent again with the same key where %s, and charges once", async (_, fault) => {
    stripe.faults.push(fault, fault);
    const { status, body } = await authorise();
    expect(status).toBe(201);
    expect(created()).toBe(3);
    expect(stripe.intentOf(body.paymentId)).toMatchObject({ amount_received: 1000 });
  });

  test("that gets no definite answer is 504, and its repetition charges once", async () => {
    const orderId = randomUUID();
    stripe.faults.push({ status: 500, headers: { "stripe-should-retry": "false" } });
    expect((await authorise({ orderId })).status).toBe(504);
    const { status, body } = await authorise({ orderId });
    expect(status).toBe(201);
    expect(stripe.intentOf(body.paymentId)).toBeDefined();
  });

  test("sent twenty times at once charges once", async () => {
    const orderId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => authorise({ orderId })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(stripe.intentOf(answers[0]?.body.paymentId)).toMatchObject({ amount_received: 1000 });
  });
});

test("held money is captured in part; refunds carry the operation's id and are made once", async () => {
  const { body } = await authorise({ capture: false });
  expect(stripe.intentOf(body.paymentId)?.status).toBe("requires_capture");
  stripe.faults.push("answer lost");
  const captured = await counter.post(`/payments/${body.paymentId}/captures`, { amount: 600 }, "capture-1");
  expect(captured.body).toMatchObject({ state: "captured", captured: 600 });
  stripe.faults.push("answer lost");
  const refunded = await counter.post(`/payments/${body.paymentId}/refunds`, { amount: 200 }, "refund-01");
  expect(refunded.body).toMatchObject({ state: "captured", refunded: 200 });
  expect(stripe.intentOf(body.paymentId)?.latest_charge?.amount_refunded).toBe(200);
});

test("a refund that Stripe refuses is answered so each time, and the money is free again", async () => {
  const { body } = await authorise();
  const intent = stripe.intentOf(body.paymentId);
  if (intent?.latest_charge == null) throw new Error("nothing was charged");
  intent.latest_charge.amount_refunded = 900;
  const refund = (amount: number, key: string) =>
    counter.post(`/payments/${body.paymentId}/refunds`, { amount }, key);
  const refused = await refund(500, "refund-too-much");
  expect(refused).toMatchObject({ status: 409, body: { providerCode: "charge_already_refunded" } });
  expect(await refund(500, "refund-too-much")).toEqual(refused);
  expect((await refund(100, "refund-the-rest")).status).toBe(201);
});

describe("a reversal", () => {
  test("lets held money go", async () => {
    const orderId = randomUUID();
    const { body } = await authorise({ orderId, capture: false });
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(stripe.intentOf(body.paymentId)?.status).toBe("canceled");
  });

  test("finds and gives back money of which no answer ever told", async () => {
    const orderId = randomUUID();
    const lost = await lostPayment(orderId);
    expect(lost).toMatchObject({ status: "succeeded", amount_received: 1000 });
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(lost.latest_charge?.amount_refunded).toBe(1000);
    const shown = await counter.get(`/payments/${lost.metadata.payment_id}`);
    expect(shown.body).toMatchObject({ state: "voided", captured: 1000, refunded: 1000 });
  });
});

describe("money of which no answer told", () => {
  const listed = () => stripe.requests.filter((request) => request === "GET /v1/payment_intents").length;

  test("is looked for among the payments of that time only", async () => {
    const orderId = randomUUID();
    await Promise.all(Array.from({ length: 4 }, () => authorise()));
    const others = new Set(stripe.intents.values());
    const lost = await lostPayment(orderId);
    await Promise.all(Array.from({ length: 4 }, () => authorise()));
    for (const intent of stripe.intents.values()) {
      if (intent !== lost) intent.created += others.has(intent) ? -60 : 60;
    }
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(lost.latest_charge?.amount_refunded).toBe(1000);
    expect(listed()).toBe(1);
  });

  test("is searched for by the payment's id where it is older, and no list is read", async () => {
    const orderId = randomUUID();
    const lost = await lostPayment(orderId);
    lost.created -= 10_800;
    await counter.query(AGE_PAYMENT, [lost.metadata.payment_id]);
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(lost.latest_charge?.amount_refunded).toBe(1000);
    expect(listed()).toBe(0);
  });

  test("that Stripe was never asked for is not there, as the search says after an hour", async () => {
    const orderId = randomUUID();
    stripe.faults.push(NO_MORE);
    expect((await authorise({ orderId })).status).toBe(504);
    const [pending] = await counter.query(PENDING, [orderId]);
    await counter.query(AGE_PAYMENT, [pending?.id]);
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(await counter.stateOf(pending?.id)).toBe("voided");
    expect(listed()).toBe(0);
  });
});

describe("an operation that is repeated when Stripe has forgotten its key", () => {
  test("is a capture that was made before", async () => {
    const { body } = await authorise({ capture: false });
    const capture = () =>
      counter.post(`/payments/${body.paymentId}/captures`, { amount: 600 }, "capture-old");
    stripe.faults.push("answer lost", NO_MORE);
    expect((await capture()).status).toBe(504);
    await dayLater(body.paymentId);
    expect(await capture()).toMatchObject({ status: 201, body: { state: "captured", captured: 600 } });
  });

  test.each([
    ["was made before", ["answer lost", NO_MORE], 1],
    ["was not", [NO_MORE], 0],
  ] as const)("is a refund that %s", async (_, faults, made) => {
    const { body } = await authorise();
    const refund = () => counter.post(`/payments/${body.paymentId}/refunds`, { amount: 300 }, "refund-old");
    stripe.faults.push(...faults);
    expect((await refund()).status).toBe(504);
    const before = stripe.refunds.length;
    await dayLater(body.paymentId);
    expect(await refund()).toMatchObject({ status: 201, body: { refunded: 300 } });
    expect(stripe.refunds.length - before).toBe(1 - made);
    expect(stripe.intentOf(body.paymentId)?.latest_charge?.amount_refunded).toBe(300);
  });

  test.each([
    ["was made before", ["answer lost", NO_MORE]],
    ["was not", [NO_MORE]],
  ] as const)("is a reversal that %s", async (_, faults) => {
    const orderId = randomUUID();
    const { body } = await authorise({ orderId });
    const reverse = async () => (await counter.post("/payments/reversals", { orderId })).status;
    stripe.faults.push(...faults);
    expect(await reverse()).toBe(504);
    await dayLater(body.paymentId);
    expect(await reverse()).toBe(204);
    expect(stripe.intentOf(body.paymentId)?.latest_charge?.amount_refunded).toBe(1000);
    const shown = await counter.get(`/payments/${body.paymentId}`);
    expect(shown.body).toMatchObject({ state: "refunded", captured: 1000, refunded: 1000 });
    expect(await counter.account(body.paymentId, "provider")).toBe(0);
  });
});

describe("a webhook", () => {
  test("settles what Stripe left open, once", async () => {
    const { status, body } = await authorise({ cardToken: "pm_card_processing" });
    expect(status).toBe(202);
    const intent = stripe.intentOf(body.paymentId);
    if (intent === undefined) throw new Error("nothing was charged");
    Object.assign(intent, { status: "succeeded", amount_received: 1000 });
    const whole = { ...intent, latest_charge: intent.latest_charge?.id };
    for (let copy = 0; copy < 2; copy++) {
      expect((await webhook("payment_intent.succeeded", whole, "evt_same")).status).toBe(200);
    }
    expect(await counter.stateOf(body.paymentId)).toBe("captured");
    expect(await counter.account(body.paymentId, "provider")).toBe(1000);
  });

  test.each([
    ["payment_intent.succeeded", { id: "pi_x" }, 400],
    ["charge.refunded", { id: "ch_x" }, 200],
  ])("%s with %j is answered %i", async (type, object, status) => {
    expect((await webhook(type, object)).status).toBe(status);
  });
});

test("reconciliation reads all pages of both lists, and finds what somebody refunded by hand", async () => {
  const reconcile = async () => {
    const lines: string[] = [];
    const options = {
      environment: counter.environment,
      log: silentLog,
      print: (text: string) => lines.push(text),
    };
    const status = await runCommand(paymentService, reconcileCommand, ["--json", "--since", "24h"], options);
    return { status, ...(JSON.parse(lines.join("")) as { charges: number; differences: { id: string }[] }) };
  };
  const { body } = await authorise();
  const { differences: before, charges } = await reconcile();
  expect(charges).toBe(stripe.intents.size);
  expect(before.map(({ id }) => id)).not.toContain(body.paymentId);
  const intent = stripe.intentOf(body.paymentId);
  if (intent?.latest_charge == null) throw new Error("nothing was charged");
  intent.latest_charge.amount_refunded = 1;
  const { status, differences } = await reconcile();
  expect(status).toBe(1);
  expect(differences).toContainEqual(
    expect.objectContaining({ what: "charge", problem: "amount differs", id: body.paymentId }),
  );
});
