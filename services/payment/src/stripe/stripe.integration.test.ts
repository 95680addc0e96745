import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../../chassis/index.ts";
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
    const noMore = { status: 500, headers: { "stripe-should-retry": "false" } };
    stripe.faults.push("answer lost", noMore);
    expect((await authorise({ orderId })).status).toBe(504);
    const lost = [...stripe.intents.values()].at(-1);
    expect(lost).toMatchObject({ status: "succeeded", amount_received: 1000 });
    expect((await counter.post("/payments/reversals", { orderId })).status).toBe(204);
    expect(lost?.latest_charge?.amount_refunded).toBe(1000);
    const shown = await counter.get(`/payments/${lost?.metadata.payment_id}`);
    expect(shown.body).toMatchObject({ state: "voided", captured: 1000, refunded: 1000 });
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
    const status = await runCommand(paymentService, reconcileCommand, ["--json", "--since", "1h"], options);
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
