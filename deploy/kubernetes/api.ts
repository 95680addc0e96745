import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { asObject, asObjects, asText } from "../manifests/manifest.ts";
import type { Json, JsonObject } from "../program/registration.ts";
import type { Connection } from "./cluster.ts";

/** The API server refused a request; `message` is its own. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status code. */
  readonly status: number;
  /** Kubernetes' word for it, such as `NotFound`, `Invalid`, `Forbidden`. */
  readonly reason: string;
  /** Fields that were refused and why, where the server says so. */
  readonly causes: readonly { readonly field: string; readonly message: string }[];

  constructor(status: number, body: string) {
    const told = statusOf(body);
    super(told.message || `the API server answered ${status}: ${body.slice(0, 200).trim()}`);
    this.status = status;
    this.reason = told.reason;
    this.causes = told.causes;
  }
}

/** No API server answers; the cluster is down, or cannot be reached from here. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

function statusOf(body: string): Pick<ApiError, "message" | "reason" | "causes"> {
  try {
    const status = asObject(JSON.parse(body) as Json);
    const causes = asObjects(asObject(status.details).causes);
    return {
      message: asText(status.message),
      reason: asText(status.reason),
      causes: causes.map(({ field, message }) => ({ field: asText(field), message: asText(message) })),
    };
  } catch {
    return { message: "", reason: "", causes: [] };
  }
}

/** What a request may carry. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: JsonObject;
  /** Default: `application/json`. */
  readonly contentType?: string;
}

/** A cluster's API: one method per way to ask. */
export class Api {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(connection: Connection) {
    this.#socketPath = connection.socketPath;
  }

  /**
   * Sends one request and reads the object that is answered.
   *
   * @throws {ApiError} where the server refuses. @throws {UnreachableError} where none answers.
   */
  async json(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<{ status: number; body: JsonObject }> {
    const { status, text } = await this.#send(method, path, options);
    return { status, body: asObject(JSON.parse(text) as Json) };
  }

  /** Reads an object or list; undefined where it does not exist. */
  async find(path: string, query: RequestOptions["query"] = {}): Promise<JsonObject | undefined> {
    try {
      return (await this.json("GET", path, { query })).body;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Reads plain text, such as a log. */
  async text(path: string, query: RequestOptions["query"] = {}): Promise<string> {
    return (await this.#send("GET", path, { query })).text;
  }

  async #send(
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<{ status: number; text: string }> {
    const query = Object.entries(options.query ?? {}).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const search = new URLSearchParams(query).toString();
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(
        {
          socketPath: this.#socketPath,
          agent: this.#agent,
          method,
          path: search ? `${path}?${search}` : path,
          headers: {
            accept: "application/json",
            "content-type": options.contentType ?? "application/json",
            // Node leaves it out for DELETE, which the server then takes for two requests.
            ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
          },
        },
        resolve,
      );
      request.once("error", reject);
      request.end(body);
    });
    const status = response.statusCode ?? 0;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if (status >= 200 && status < 300) return { status, text };
    // The server's own refusals are JSON; plain text with a 5xx is kubectl proxy saying that it cannot reach it.
    if (status >= 500 && !text.startsWith("{")) throw new UnreachableError(text.trim());
    throw new ApiError(status, text);
  }
}
