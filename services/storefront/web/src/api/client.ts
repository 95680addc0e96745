import { NoAnswerError, readProblem } from "./errors.ts";

/** Where the public API is, on the very origin of the page. */
const PREFIX = "/api";
/** Longest wait for an answer, in milliseconds; the gateway gives up earlier. */
const TIMEOUT = 35_000;

/** One request to the API. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path behind `/api`, such as `/products`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Whose requests they are. */
export interface Credentials {
  /** The access token, if somebody is logged in. */
  token(): Promise<string | undefined>;
  /**
   * Gets a new access token in place of one that was refused.
   *
   * @returns Whether there is one.
   */
  renew(refused: string): Promise<boolean>;
}

/**
 * Sends a request to the API and reads the answer. A refused access token is renewed and the request sent again,
 * once. Made by {@link createApi}.
 *
 * @throws {ApiError} when the answer is a problem, {@link NoAnswerError} when there is none.
 */
export type ApiClient = <T>(request: ApiRequest) => Promise<T>;

/** Makes the client of the public API. */
export function createApi(
  credentials: Credentials,
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
): ApiClient {
  return async <T>(request: ApiRequest): Promise<T> => {
    const token = await credentials.token();
    let response = await exchange(fetch, request, token);
    if (response.status === 401 && token !== undefined && (await credentials.renew(token))) {
      response = await exchange(fetch, request, await credentials.token());
    }
    if (!response.ok) throw await readProblem(response);
    if (response.status === 204) return undefined as T;
    try {
      return await response.json();
    } catch (cause) {
      // An answer may be empty, as one that was only accepted; one that broke off is none.
      if (response.headers.get("content-length") === "0" || response.status === 202) return undefined as T;
      throw new NoAnswerError("the answer broke off", { cause });
    }
  };
}

/** Sends one request as it is. */
export async function exchange(
  fetch: typeof globalThis.fetch,
  { method = "GET", path, query = {}, body, headers = {}, signal }: ApiRequest,
  token?: string,
): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  try {
    return await fetch(PREFIX + path + queryText(query), {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new NoAnswerError("no answer", { cause });
  }
}

/** `?a=1&b=2`, or nothing; what is undefined is left out. */
export function queryText(query: NonNullable<ApiRequest["query"]>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
