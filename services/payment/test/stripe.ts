import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const STRIPE_KEY = "sk_test_only_for_tests";

/** What goes wrong with the next request. */
export type Fault =
  /** It is done, and the connection breaks before the answer. */
  | "answer lost"
  /** Nothing is done. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

interface Intent {
  id: string;
  object: "payment_intent";
  status: string;
  amount: number;
  amount_received: number;
  currency: string;
  created: number;
  metadata: Record<string, string>;
  last_payment_error: { code: string; decline_code?: string } | null;
  latest_charge: { id: string; amount_refunded: number } | null;
}

interface Refund {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount: number;
  readonly created: number;
  readonly metadata: Record<string, string>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The search is so far behind, in seconds. */
const SEARCH_LAG = 60;
const now = () => Math.floor(Date.now() / 1000);
const problem = (status: number, type: string, code: string, more: object = {}): Reply => ({
  status,
  body: { error: { type, code, message: code, ...more } },
});
const unexpectedState = () => problem(400, "invalid_request_error", "payment_intent_unexpected_state");

/** A server that speaks as much of Stripe's API as it documents of PaymentIntents and Refunds. */
export class StripeServer {
  readonly intents = new Map<string, Intent>();
  readonly refunds: Refund[] = [];
  /** Every request that came, as `METHOD path`. */
  readonly requests: string[] = [];
  readonly faults: Fault[] = [];
  readonly #saved = new Map<string, { readonly request: string; readonly reply: Reply }>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #ids = 0;

  static async open(): Promise<StripeServer> {
    const stripe = new StripeServer();
    await new Promise<void>((resolve) => stripe.#server.listen(0, "127.0.0.1", resolve));
    return stripe;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Forgets all keys, as Stripe does after a day. */
  forgetKeys(): void {
    this.#saved.clear();
  }

  /** The only PaymentIntent of a payment. */
  intentOf(paymentId: unknown): Intent | undefined {
    const found = [...this.intents.values()].filter(({ metadata }) => metadata.payment_id === paymentId);
    if (found.length > 1) throw new Error(`payment ${paymentId} was charged ${found.length} times`);
    return found[0];
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "", this.url);
    const body = await text(request);
    this.requests.push(`${method} ${url.pathname}`);
    const fault = this.faults.shift();
    if (typeof fault === "object") {
      response.writeHead(fault.status, fault.headers).end("{}");
      return;
    }
    const reply =
      headers.authorization === `Bearer ${STRIPE_KEY}`
        ? this.#once(headers["idempotency-key"], method, url, body)
        : problem(401, "invalid_request_error", "api_key_invalid");
    if (fault === "answer lost") request.socket.destroy();
    else
      response
        .writeHead(reply.status, { "content-type": "application/json" })
        .end(JSON.stringify(reply.body));
  }

  /** A POST with a key that was seen is answered as before, or refused where it is another request. */
  #once(key: string | string[] | undefined, method: string, url: URL, body: string): Reply {
    if (method !== "POST" || typeof key !== "string") return this.#route(method, url, body);
    const request = `${url.pathname} ${body}`;
    const saved = this.#saved.get(key);
    if (saved !== undefined && saved.request !== request) return problem(400, "idempotency_error", "");
    const reply = saved?.reply ?? this.#route(method, url, body);
    const copy = { status: reply.status, body: structuredClone(reply.body) };
    this.#saved.set(key, { request, reply: copy });
    return copy;
  }

  #route(method: string, { pathname, searchParams }: URL, body: string): Reply {
    const form = new URLSearchParams(body);
    const [, , kind, id, action] = pathname.split("/");
    if (kind === "payment_intents" && id === undefined) {
      return method === "POST" ? this.#create(form) : this.#list([...this.intents.values()], searchParams);
    }
    if (kind === "refunds") {
      return method === "POST" ? this.#refund(form) : this.#list(this.refunds, searchParams);
    }
    if (id === "search") return this.#search(searchParams.get("query") ?? "");
    const intent = this.intents.get(id ?? "");
    if (intent === undefined) return problem(404, "invalid_request_error", "resource_missing");
    if (action === "capture") return this.#capture(intent, form);
    if (action === "cancel") {
      if (intent.status !== "requires_capture") return unexpectedState();
      intent.status = "canceled";
    }
    return { status: 200, body: intent };
  }

  /** Pages as Stripe's: the newest first, from the object after `starting_after`. */
  #list(objects: readonly (Intent | Refund)[], query: URLSearchParams): Reply {
    const from = Number(query.get("created[gte]") ?? 0);
    const to = Number(query.get("created[lte]") ?? Number.POSITIVE_INFINITY);
    const of = query.get("payment_intent");
    const newestFirst = objects
      .filter(({ created }) => from <= created && created <= to)
      .filter((each) => of === null || ("payment_intent" in each && each.payment_intent === of))
      .toReversed();
    const start = newestFirst.findIndex(({ id }) => id === query.get("starting_after")) + 1;
    const data = newestFirst.slice(start, start + Math.min(Number(query.get("limit")), 3));
    const hasMore = start + data.length < newestFirst.length;
    return { status: 200, body: { object: "list", data, has_more: hasMore } };
  }

  /** Finds by one field of the metadata what is not too new. */
  #search(query: string): Reply {
    const [, key = "", value] = /^metadata\['(\w+)'\]:'([\w-]+)'$/.exec(query) ?? [];
    const data = [...this.intents.values()].filter(
      ({ created, metadata }) => created < now() - SEARCH_LAG && metadata[key] === value,
    );
    return { status: 200, body: { object: "search_result", data, has_more: false } };
  }

  #create(form: URLSearchParams): Reply {
    const method = form.get("payment_method") ?? "";
    if (!method.startsWith("pm_card_")) {
      return problem(400, "invalid_request_error", "resource_missing", { param: "payment_method" });
    }
    const declined = method === "pm_card_chargeDeclined";
    const taken = form.get("capture_method") === "automatic";
    const amount = Number(form.get("amount"));
    const status = declined
      ? "requires_payment_method"
      : method === "pm_card_processing"
        ? "processing"
        : taken
          ? "succeeded"
          : "requires_capture";
    const error = declined ? { code: "card_declined", decline_code: "generic_decline" } : null;
    const intent: Intent = {
      id: `pi_${++this.#ids}`,
      object: "payment_intent",
      status,
      amount,
      amount_received: status === "succeeded" ? amount : 0,
      currency: form.get("currency") ?? "",
      created: now(),
      metadata: { payment_id: form.get("metadata[payment_id]") ?? "" },
      last_payment_error: error,
      latest_charge: declined ? null : { id: `ch_${this.#ids}`, amount_refunded: 0 },
    };
    this.intents.set(intent.id, intent);
    return error ? problem(402, "card_error", error.code, error) : { status: 200, body: intent };
  }

  #capture(intent: Intent, form: URLSearchParams): Reply {
    if (intent.status !== "requires_capture") return unexpectedState();
    intent.status = "succeeded";
    intent.amount_received = Number(form.get("amount_to_capture"));
    intent.metadata.operation_id = form.get("metadata[operation_id]") ?? "";
    return { status: 200, body: intent };
  }

  #refund(form: URLSearchParams): Reply {
    const intent = this.intents.get(form.get("payment_intent") ?? "");
    const amount = Number(form.get("amount"));
    if (intent?.latest_charge == null) return problem(404, "invalid_request_error", "resource_missing");
    if (intent.latest_charge.amount_refunded + amount > intent.amount_received) {
      return problem(400, "invalid_request_error", "charge_already_refunded");
    }
    intent.latest_charge.amount_refunded += amount;
    const refund = {
      id: `re_${++this.#ids}`,
      object: "refund",
      payment_intent: intent.id,
      status: "succeeded",
      amount,
      currency: intent.currency,
      created: now(),
      metadata: { operation_id: form.get("metadata[operation_id]") ?? "" },
    };
    this.refunds.push(refund);
    return { status: 200, body: refund };
  }
}
