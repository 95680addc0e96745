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
const REFUNDS = "/v1/refunds";
const EXPAND_CHARGE = { "expand[]": "latest_charge" };
/** A page of a list has this long, in milliseconds. */
const PAGE_TIMEOUT = 20_000;
const PAGE_SIZE = 100;
/** An ask arrives within so many seconds, also by Stripe's clock: with the time limit, and what clocks may differ. */
const ARRIVAL = 30;
/** Stripe's search is up to so far behind, in seconds: a minute as a rule, an hour at the worst. */
const SEARCH_LAG = 3600;

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

    async capture({ key, reference, amount, forgotten }, signal) {
      if (forgotten && (await getIntent(client, reference, signal)).metadata[OPERATION_ID] === key) return;
      const path = `${INTENTS}/${encodeURIComponent(reference)}/capture`;
      const fields = { amount_to_capture: amount, [`metadata[${OPERATION_ID}]`]: key };
      await refusable(
        client.send(PaymentIntent, { method: "POST", path, fields, idempotencyKey: key }, signal),
      );
    },

    async refund({ key, reference, amount, forgotten }, signal) {
      if (forgotten && (await isRefunded(client, key, reference, signal))) return;
      await refund(client, key, reference, amount, signal);
    },

    async cancel({ key, paymentId, reference, asked }, signal) {
      const intent =
        reference === undefined
          ? await findIntent(client, paymentId, asked, signal)
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
      for await (const made of list(client, Refund, REFUNDS, { "created[gte]": seconds(since) })) {
        if (!isFailed(made)) yield refundOf(made);
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

const isFailed = ({ status }: Refund): boolean => status === "failed" || status === "canceled";

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
    client.send(Refund, { method: "POST", path: REFUNDS, fields, idempotencyKey: key }, signal),
  );
  if (isFailed(made)) {
    throw new RefusedByProviderError(made.failure_reason ?? "refund_failed");
  }
}

const getIntent = (client: StripeClient, reference: string, signal: AbortSignal): Promise<PaymentIntent> => {
  const path = `${INTENTS}/${encodeURIComponent(reference)}`;
  return client.send(PaymentIntent, { method: "GET", path, fields: EXPAND_CHARGE }, signal);
};

/** Whether an operation's refund was made before. */
async function isRefunded(
  client: StripeClient,
  key: string,
  reference: string,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const made of list(client, Refund, REFUNDS, { payment_intent: reference }, signal)) {
    if (made.metadata[OPERATION_ID] === key && !isFailed(made)) return true;
  }
  return false;
}

/**
 * Finds the PaymentIntent to which the answer got lost, by the search. This lags behind, lists do not; so where the
 * provider was asked of late, those that were made between the first ask and the last are looked through as well. That
 * may take longer than there is time, where they are many; the search is enough as soon as it has caught up.
 */
async function findIntent(
  client: StripeClient,
  paymentId: string,
  { first, last }: { readonly first: Date; readonly last: Date },
  signal: AbortSignal,
): Promise<PaymentIntent | undefined> {
  const query = `metadata['${PAYMENT_ID}']:'${paymentId}'`;
  const search = { method: "GET", path: `${INTENTS}/search`, fields: { query } } as const;
  const [found] = (await client.send(page(PaymentIntent), search, signal)).data;
  // What the search tells may be old; the money that moves next depends on what is.
  if (found !== undefined) return getIntent(client, found.id, signal);
  if (Date.now() - last.getTime() > (SEARCH_LAG + ARRIVAL) * 1000) return undefined;
  const window = {
    "created[gte]": seconds(first) - ARRIVAL,
    "created[lte]": seconds(last) + ARRIVAL,
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
