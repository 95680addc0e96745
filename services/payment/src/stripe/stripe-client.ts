import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { request } from "undici";
import { parseAnswer } from "../../../chassis/index.ts";
import { ProviderAwayError } from "../provider.ts";

/** A request as Stripe takes it. */
export interface StripeRequest {
  readonly method: "GET" | "POST";
  /** Such as `/v1/payment_intents`. */
  readonly path: string;
  /** Names as Stripe writes them, such as `metadata[payment_id]`; in the query of a GET, else in the body. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
  /** Every POST has one, so that it may be sent again. */
  readonly idempotencyKey?: string;
}

const ErrorBody = Type.Object({
  error: Type.Object({
    type: Type.String(),
    code: Type.Optional(Type.String()),
    decline_code: Type.Optional(Type.String()),
    param: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  }),
});
const errorBody = Compile(ErrorBody);

/** A definite no of Stripe. */
export class StripeError extends Error {
  override readonly name = "StripeError";
  readonly status: number;
  /** Such as `card_error` or `invalid_request_error`. */
  readonly type: string;
  readonly code: string | undefined;
  readonly declineCode: string | undefined;
  readonly param: string | undefined;

  constructor(status: number, { error }: Static<typeof ErrorBody>) {
    super(`Stripe answers ${status}, ${error.type} ${error.code ?? ""}: ${error.message ?? ""}`);
    this.status = status;
    this.type = error.type;
    this.code = error.code;
    this.declineCode = error.decline_code;
    this.param = error.param;
  }
}

/** Sends requests to Stripe. */
export interface StripeClient {
  /**
   * Sends a request, again and again while it has no definite answer, until the signal ends it: after a lost
   * connection, a conflict with itself (409), too many requests (429) or a fault of Stripe's (5xx).
   *
   * @throws {StripeError} when Stripe says no, {@link ProviderAwayError} when it says that repeating does not help.
   */
  send<Schema extends TSchema>(
    schema: Schema,
    request: StripeRequest,
    signal: AbortSignal,
  ): Promise<Static<Schema>>;
}

/** What the answers are read as, whatever Stripe's account is set to. */
const API_VERSION = "2024-06-20";
/** Longest pause before the second attempt, in milliseconds; it doubles each time. */
const PAUSE = 100;
const MAX_PAUSE = 2000;

/** @param secretKey `sk_…` */
export function openStripeClient(url: string, secretKey: string): StripeClient {
  const attempt = async (
    { method, path, fields = {}, idempotencyKey }: StripeRequest,
    signal: AbortSignal,
  ) => {
    const form = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    const query = method === "GET" && form.size > 0 ? `?${form}` : "";
    const { statusCode, headers, body } = await request(`${url}${path}${query}`, {
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        "stripe-version": API_VERSION,
        ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
        ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
      },
      body: method === "POST" ? form.toString() : null,
      signal,
    });
    const text = await body.text();
    return { status: statusCode, mayRepeat: headers["stripe-should-retry"] !== "false", text };
  };

  return {
    async send(schema, sent, signal) {
      for (let attempts = 1; ; attempts++) {
        const answer = await attempt(sent, signal).catch((cause: unknown) => {
          signal.throwIfAborted();
          return { status: 0, mayRepeat: true, text: "", cause };
        });
        const { status, text } = answer;
        if (status >= 200 && status < 300) return parseAnswer(schema, { status, body: readJson(text) });
        if (!isIndefinite(status)) throw definite(status, text);
        if (!answer.mayRepeat)
          throw new ProviderAwayError(`Stripe answers ${status} and wants no repetition`);
        await pause(Math.random() * Math.min(PAUSE * 2 ** attempts, MAX_PAUSE), signal);
      }
    },
  };
}

/** Whether an answer leaves open what was done: none at all, or one that the same request may get another than. */
const isIndefinite = (status: number): boolean =>
  status === 0 || status === 409 || status === 429 || status >= 500;

function definite(status: number, text: string): Error {
  const body = readJson(text);
  if (errorBody.Check(body)) return new StripeError(status, body);
  return new Error(`Stripe answers ${status} with something that is no error of its`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
