import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type Dispatcher, Pool } from "undici";
import type { Metrics } from "./metrics.ts";
import { unavailable } from "./problem.ts";
import { inCall } from "./tracing.ts";

/** A call to another service. */
export interface Call {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Path with encoded parameters, such as `/reservations/42`. */
  readonly path: string;
  readonly body?: unknown;
  /** Id of the request on whose behalf the call is made, so that logs of all services join. */
  readonly requestId?: string;
  /**
   * Makes a POST repeatable: the other service recognises it. GET, PUT and DELETE are repeatable as they are.
   */
  readonly idempotencyKey?: string;
}

/** What the other service answered. Its body is what it is: check it with {@link parseAnswer}. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls one other service, over kept connections. */
export interface HttpClient {
  /**
   * Sends a call and waits for its answer, whatever its status. A repeatable call that fails, or that is answered
   * 502 or 503, is sent again, up to 3 times in all.
   *
   * @throws {Problem} 503 when the service gives no answer.
   */
  send(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

const ATTEMPTS = 3;
const CONNECTIONS = 64;
/** Milliseconds until an attempt is given up. */
const TIMEOUT = 5000;
/** Longest pause before the second attempt, in milliseconds; it doubles for the third. */
const PAUSE = 50;
/** Answers of somebody who is away for a moment. A 504 has waited long enough already. */
const REPEATABLE_STATUS = new Set([502, 503]);

/**
 * Makes the client for another service.
 *
 * @param service Name of the service that is called, for metrics and errors.
 * @param url Its base URL, such as `http://catalog`.
 */
export function openHttpClient(service: string, url: string, metrics: Metrics): HttpClient {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    connectTimeout: 2000,
    headersTimeout: TIMEOUT,
    bodyTimeout: TIMEOUT,
    // Shorter than the callee keeps an idle connection, whatever it says, so that no call meets a closed door.
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 30_000,
  });

  const attempt = async ({ method, path, body, requestId, idempotencyKey }: Call): Promise<Answer> => {
    const { status, text } = await inCall(method, service, (trace) =>
      exchange(pool, {
        method,
        path,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(requestId === undefined ? {} : { "x-request-id": requestId }),
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
          ...trace,
        },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
    return { status, body: text === "" ? undefined : JSON.parse(text) };
  };

  return {
    async send(call) {
      const repeatable = call.method !== "POST" || call.idempotencyKey !== undefined;
      const end = metrics.callDuration.startTimer({ service });
      for (let attempts = 1; ; attempts++) {
        const last = !repeatable || attempts === ATTEMPTS;
        try {
          const answer = await attempt(call);
          if (last || !REPEATABLE_STATUS.has(answer.status)) {
            end({ outcome: `${Math.floor(answer.status / 100)}xx` });
            return answer;
          }
        } catch (error) {
          if (last) {
            end({ outcome: "no answer" });
            throw unavailable(`The ${service} service`, error);
          }
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE * 2 ** attempts));
      }
    },
    close: () => pool.close(),
  };
}

/** Like `Pool.request`, without the stream that it makes of each answer: answers here are small and read whole. */
function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const chunks: Buffer[] = [];
  let status = 0;
  pool.dispatch(request, {
    onRequestStart() {},
    onResponseStart(_, statusCode) {
      status = statusCode;
    },
    onResponseData(_, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd: () => resolve({ status, text: Buffer.concat(chunks).toString() }),
    onResponseError: (_, error) => reject(error),
  });
  return promise;
}

const readers = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/** An answer that is not what the other service's contract says. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/**
 * Checks the body of another service's answer against its contract.
 *
 * @throws {ContractError} naming the first field that does not fit.
 */
export function parseAnswer<Schema extends TSchema>(schema: Schema, answer: Answer): Static<Schema> {
  let reader = readers.get(schema);
  if (reader === undefined) {
    reader = Compile(schema);
    readers.set(schema, reader);
  }
  const { body } = answer;
  if (!reader.Check(body)) {
    const [first] = reader.Errors(body);
    throw new ContractError(
      `an answer (${answer.status}) breaks its contract at "${first?.instancePath}": ${first?.message}`,
    );
  }
  return body as Static<Schema>;
}
