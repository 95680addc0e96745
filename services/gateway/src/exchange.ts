import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

/** A request as it goes to a service. The body is whole, so that it can be sent again. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** A service's answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What kept a service from answering. */
export type FailureKind = "unreachable" | "reset" | "timeout" | "too-large" | "circuit-open" | "crowded";

/** There is no usable answer from a service. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, cause?: unknown) {
    super(`no answer: ${kind}`, { cause });
    this.kind = kind;
  }
}

/**
 * Largest answer in bytes that is passed on. Answers are held whole: the caller gets all of one or a clean error, a
 * slow caller keeps no connection to a service busy, and what broke half way can be asked for again.
 */
export const ANSWER_LIMIT = 4 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Sends a request once.
 *
 * @param dispatcher Connections to the service.
 * @param timeoutMs Milliseconds from now to the last byte of the answer, waiting for a connection included.
 * @throws {ExchangeError} `unreachable` where nothing was sent, `reset` where the connection broke after that,
 * `timeout`, or `too-large` above {@link ANSWER_LIMIT}.
 */
export const exchange = (
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  timeoutMs: number,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let failure: ExchangeError | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const fail = (error: ExchangeError) => {
      failure = error;
      clearTimeout(deadline);
      reject(error);
      controller?.abort(error);
    };
    const deadline = setTimeout(() => fail(new ExchangeError("timeout")), timeoutMs);

    dispatcher.dispatch(
      { ...request, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(started) {
          controller = started;
          // It waited for a connection longer than its caller did.
          if (failure !== undefined) started.abort(failure);
        },
        onResponseStart(_controller, code, received) {
          status = code;
          headers = received;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > ANSWER_LIMIT) fail(new ExchangeError("too-large"));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          clearTimeout(deadline);
          const [first = NOTHING] = chunks;
          resolve({ status, headers, body: chunks.length > 1 ? Buffer.concat(chunks, size) : first });
        },
        onResponseError(_controller, error) {
          if (failure !== undefined) return;
          fail(new ExchangeError(controller === undefined ? "unreachable" : "reset", error));
        },
      },
    );
  });
