/** Attacks on the way that a payment provider tells of payments: events nobody signed, and signed ones again. */

import { randomUUID } from "node:crypto";
import { signWebhook, TOLERANCE_SECONDS } from "../../services/payment/src/webhook-signature.ts";
import type { Platform } from "../platform/platform.ts";
import { type Answer, orderOf } from "../platform/shop.ts";
import { type Attack, answered } from "./attack.ts";

/** The header that the test provider signs in; its own constant would bring all of a service along. */
const SIGNATURE_HEADER = "test-provider-signature";
/** Where an operator finds the secret that the test provider signs with. */
const SECRET = "payment-secrets";
/** How often an event is sent again, all at once. */
const REPLAYS = 5;
/** Milliseconds until a payment that is decided late has to be decided. */
const PATIENCE = 30_000;

/** Unsigned events at every provider's door; where payments are made with the test provider, signed ones, too. */
export async function webhooks(platform: Platform): Promise<Attack[]> {
  const { shop } = platform;
  const event = JSON.stringify({ id: randomUUID(), type: "charge.captured", data: { key: randomUUID() } });
  const madeUp = `t=${now()},v1=${"0".repeat(64)}`;
  const unsigned = ["test", "stripe", "nobody"].flatMap((provider) => {
    const path = `/api/webhooks/${provider}`;
    const signed = { [SIGNATURE_HEADER]: madeUp, "stripe-signature": madeUp };
    return [
      answered(`an unsigned event of ${provider}`, () => shop.send("POST", path, event), 400, 404),
      answered(
        `an event of ${provider} with a made-up signature`,
        () => shop.send("POST", path, event, signed),
        400,
        404,
      ),
    ];
  });
  const { status } = await shop.send("POST", "/api/webhooks/test", event);
  return status === 404 ? unsigned : [...unsigned, ...(await signed(platform))];
}

/** What can be done with an event that the provider did sign, by somebody who saw it pass. */
async function signed(platform: Platform): Promise<Attack[]> {
  const { shop, cluster, namespace } = platform;
  const path = "--output=jsonpath={.data.PROVIDER_WEBHOOK_SECRET}";
  const encoded = await cluster.kubectl("get", "secret", SECRET, `--namespace=${namespace}`, path);
  const secret = Buffer.from(encoded, "base64").toString();
  const send = (body: string, signature: string): Promise<Answer> =>
    shop.send("POST", "/api/webhooks/test", body, { [SIGNATURE_HEADER]: signature });
  const sign = (body: string, seconds: number, by = secret) => signWebhook(by, Buffer.from(body), seconds);

  const watched = await openPayment(platform);
  const event = captureOf(watched);
  const old = now() - TOLERANCE_SECONDS - 60;
  const more = event.replace(`"captured":${watched.amount}`, `"captured":${watched.amount + 1}`);
  return [
    answered("a signed event that is too old", () => send(event, sign(event, old)), 400),
    answered(
      "an old signature with a new time",
      () => send(event, sign(event, old).replace(`t=${old}`, `t=${now()}`)),
      400,
    ),
    answered("a signed event from the future", () => send(event, sign(event, now() + 3600)), 400),
    answered("a signature for another amount", () => send(more, sign(event, now())), 400),
    answered("an event signed by another's secret", () => send(event, sign(event, now(), randomUUID())), 400),
    {
      name: `a signed event, sent ${REPLAYS} times at once and once more`,
      async attempt() {
        // A payment of its own, which is still open when the events come.
        const payment = await openPayment(platform);
        const body = captureOf(payment);
        const signature = sign(body, now());
        const answers = await Promise.all(Array.from({ length: REPLAYS }, () => send(body, signature)));
        await decided(platform, payment.id);
        answers.push(await send(body, signature));
        const refused = answers.filter(({ status }) => status !== 200);
        if (refused.length > 0) return `answered ${refused.map(({ status }) => status).join(", ")}`;
        // The provider's own event comes besides: money is booked once all the same.
        const booked = await cluster.sql(namespace, "payment", BOOKED(payment.id));
        const once = `${payment.amount} ${payment.amount}`;
        return booked === once ? undefined : `taken and booked: ${booked} instead of ${once}`;
      },
    },
  ];
}

interface OpenPayment {
  readonly id: string;
  readonly amount: number;
}

/** A payment that its provider decides a moment later, and tells of by an event. */
async function openPayment({ shop, cluster, namespace }: Platform): Promise<OpenPayment> {
  const [sku = ""] = await shop.skusInStock(1, 10);
  const { status, body } = await shop.order(orderOf(sku, 1, "tok_processing_approve"));
  const { id: order } = body as { readonly id?: string };
  if (order === undefined) throw new Error(`no order could be had: ${status} ${JSON.stringify(body)}`);
  const row = await cluster.sql(
    namespace,
    "payment",
    `SELECT id || ' ' || amount FROM payments WHERE order_id = '${order}'`,
  );
  const [id = "", amount] = row.split(" ");
  return { id, amount: Number(amount) };
}

const captureOf = ({ id, amount }: OpenPayment): string =>
  JSON.stringify({
    id: `evt_drill_${randomUUID()}`,
    type: "charge.captured",
    data: { key: id, captured: amount, declineCode: null },
  });

/** What was taken, and what the ledger says that the provider owes for it. */
const BOOKED = (payment: string): string =>
  `SELECT captured || ' ' || (SELECT coalesce(sum(amount), 0) FROM ledger_entries
     WHERE payment_id = payments.id AND account = 'provider') FROM payments WHERE id = '${payment}'`;

/** Waits until a payment is decided, whoever told of it. */
async function decided({ cluster, namespace }: Platform, payment: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  const state = () => cluster.sql(namespace, "payment", `SELECT state FROM payments WHERE id = '${payment}'`);
  while ((await state()) === "pending" && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 500));
}

const now = (): number => Math.floor(Date.now() / 1000);
