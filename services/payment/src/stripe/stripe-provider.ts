import { type TSchema, Type } from "typebox";
import {
  type Cancellation,
  type PaymentProvider,
  type ProviderRefund,
  RefusedByProviderError,
  type Verdict,
} from "../provider.ts";
import {
  chargeOf,
  OPERATION_ID,
  PAYMENT_ID,
  PaymentIntent,
  Refund,
  refundedOf,
  verdictOf,
} from "./shapes.ts";
import { openStripeClient, type StripeClient, StripeError } from "./stripe-client.ts";
import { readEvent, SIGNATURE_HEADER } from "./stripe-events.ts";

/** What is needed to speak to Stripe. */
export interface StripeOptions {
  /** Base URL of its API. */
  readonly url: string;
  /** `sk_…` */
  readonly secretKey: string;
  /** `whsec_…`, as it is */
  readonly webhookSecret: string;
}

const INTENTS = "/v1/payment_intents";
const EXPAND_CHARGE = { "expand[]": "latest_charge" };
/** A page of a list has this long, in milliseconds. */
const PAGE_TIMEOUT = 20_000;
const PAGE_SIZE = 100;
/** Clocks of both sides may differ by so much, in seconds. */
const CLOCK_DIFFERENCE = 300;

/** Stripe, by PaymentIntents over HTTP. Our ids are in the metadata of its objects. */
export function createStripeProvider({ url, secretKey, webhookSecret }: StripeOptions): PaymentProvider {
  const client = openStripeClient(url, secretKey);
  return {
    name: "stripe",
    webhooks: { signatureHeader: SIGNATURE_HEADER, secret: webhookSecret, read: readEvent },

    async authorise({ key, amount, currency, cardToken, capture }, signal): Promise<Verdict> {
      const fields = {
        amount,
        currency: currency.toLowerCase(),
        payment_method: cardToken,
        "payment_method_types[]": "card",
        confirm: true,
        capture_method: capture ? "automatic" : "manual",
        // The shopper is not here to act: a card that asks for it is declined.
        error_on_requires_action: true,
        [`metadata[${PAYMENT_ID}]`]: key,
      };
      try {
        const request = { method: "POST", path: INTENTS, fields, idempotencyKey: key } as const;
        return verdictOf(await client.send(PaymentIntent, request, signal));
      } catch (error) {
        const code = declineOf(error);
        if (code === undefined) throw error;
        return { outcome: "declined", declineCode: code };
      }
    },

    async capture({ key, reference, amount }, signal) {
      const path = `${INTENTS}/${encodeURIComponent(reference)}/capture`;
      const fields = { amount_to_capture: amount, [`metadata[${OPERATION_ID}]`]: key };
      await refusable(
        client.send(PaymentIntent, { method: "POST", path, fields, idempotencyKey: key }, signal),
      );
    },

    refund: ({ key, reference, amount }, signal) => refund(client, key, reference, amount, signal),

    async cancel({ key, paymentId, reference, askedAt }, signal) {
      const intent =
        reference === undefined
          ? await findIntent(client, paymentId, askedAt, signal)
          : await getIntent(client, reference, signal);
      return intent === undefined ? { taken: 0, undecided: false } : undo(client, key, intent, signal);
    },

    async *charges(since) {
      for await (const intent of list(client, PaymentIntent, INTENTS, {
        "created[gte]": seconds(since),
        "expand[]": "data.latest_charge",
      })) {
        yield chargeOf(intent);
      }
    },
    async *refunds(since) {
      for await (const made of list(client, Refund, "/v1/refunds", { "created[gte]": seconds(since) })) {
        if (made.status !== "failed" && made.status !== "canceled") yield refundOf(made);
      }
    },
  };
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

const refundOf = ({ id, amount, currency, created, metadata }: Refund): ProviderRefund => ({
  operationId: metadata[OPERATION_ID] ?? id,
  currency: currency.toUpperCase(),
  amount,
  createdAt: new Date(created * 1000),
});

/** Why a card is declined; undefined for any other error. A token that Stripe does not know is no card. */
function declineOf(error: unknown): string | undefined {
  if (!(error instanceof StripeError)) return undefined;
  if (error.type === "card_error") return error.declineCode ?? error.code ?? "unknown";
  return error.param === "payment_method" ? (error.code ?? "invalid_payment_method") : undefined;
}

/** Turns a no of Stripe about money that is to be moved into one that the service knows. */
const refusable = <T>(sent: Promise<T>): Promise<T> =>
  sent.catch((error: unknown) => {
    const isRefusal = error instanceof StripeError && (error.status === 400 || error.status === 402);
    throw isRefusal ? new RefusedByProviderError(error.code ?? error.type) : error;
  });

async function refund(
  client: StripeClient,
  key: string,
  reference: string,
  amount: number,
  signal: AbortSignal,
): Promise<void> {
  const fields = { payment_intent: reference, amount, [`metadata[${OPERATION_ID}]`]: key };
  const made = await refusable(
    client.send(Refund, { method: "POST", path: "/v1/refunds", fields, idempotencyKey: key }, signal),
  );
  if (made.status === "failed" || made.status === "canceled") {
    throw new RefusedByProviderError(made.failure_reason ?? made.status);
  }
}

const getIntent = (client: StripeClient, reference: string, signal: AbortSignal): Promise<PaymentIntent> => {
  const path = `${INTENTS}/${encodeURIComponent(reference)}`;
  return client.send(PaymentIntent, { method: "GET", path, fields: EXPAND_CHARGE }, signal);
};

/**
 * Finds the PaymentIntent to which the answer got lost. Stripe's search lags behind by up to a minute, its lists do
 * not; so those of the time when it was asked for are looked through.
 */
async function findIntent(
  client: StripeClient,
  paymentId: string,
  askedAt: Date,
  signal: AbortSignal,
): Promise<PaymentIntent | undefined> {
  const window = {
    "created[gte]": seconds(askedAt) - CLOCK_DIFFERENCE,
    "expand[]": "data.latest_charge",
  };
  for await (const intent of list(client, PaymentIntent, INTENTS, window, signal)) {
    if (intent.metadata[PAYMENT_ID] === paymentId) return intent;
  }
  return undefined;
}

/** Lets go of a hold, or gives back what was taken. */
async function undo(
  client: StripeClient,
  key: string,
  intent: PaymentIntent,
  signal: AbortSignal,
): Promise<Cancellation> {
  const { id, status, amount_received: taken } = intent;
  if (status === "processing") return { taken: 0, undecided: true };
  if (status === "succeeded") {
    const left = taken - refundedOf(intent);
    if (left > 0) await refund(client, key, id, left, signal);
  } else if (status !== "canceled") {
    const path = `${INTENTS}/${encodeURIComponent(id)}/cancel`;
    // It may have moved on since it was read; asked again it is read anew.
    const request = { method: "POST", path, idempotencyKey: `${key}-cancel-${status}` } as const;
    await refusable(client.send(PaymentIntent, request, signal));
  }
  return { taken, undecided: false };
}

/** Reads a list of Stripe, page by page, the newest first. */
async function* list<Schema extends typeof PaymentIntent | typeof Refund>(
  client: StripeClient,
  schema: Schema,
  path: string,
  filter: Readonly<Record<string, string | number>>,
  signal?: AbortSignal,
) {
  const Page = page(schema);
  let after: string | undefined;
  do {
    const fields = { limit: PAGE_SIZE, ...filter, ...(after !== undefined && { starting_after: after }) };
    const request = { method: "GET", path, fields } as const;
    const { data, has_more } = await client.send(Page, request, signal ?? AbortSignal.timeout(PAGE_TIMEOUT));
    yield* data;
    after = has_more ? data.at(-1)?.id : undefined;
  } while (after !== undefined);
}

const page = <Schema extends TSchema>(schema: Schema) =>
  Type.Object({ data: Type.Array(schema), has_more: Type.Boolean() });
