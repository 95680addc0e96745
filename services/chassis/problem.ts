import { type Static, Type } from "typebox";
import type { Refusal } from "./security-events.ts";

/** Media type of RFC 9457. */
export const PROBLEM_JSON = "application/problem+json";

/** What every error answer looks like (RFC 9457); further members depend on the type. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: "Names the kind of problem; see problemType" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String({ description: "Id of the request, as in the logs" })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          in: Type.String({ description: "Part of the request: body, querystring, params or headers" }),
          pointer: Type.String({ description: "JSON pointer of the field, such as #/lines/0/quantity" }),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { additionalProperties: true },
);
export type ProblemDetails = Static<typeof ProblemDetails>;

/** The URI that names a kind of problem, such as `urn:tradestack:problem:out-of-stock`. */
export const problemType = (slug: string): string => `urn:tradestack:problem:${slug}`;

/** What a {@link Problem} is made of. */
export interface ProblemOptions {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Last part of the type, such as `out-of-stock`. */
  readonly slug: string;
  /** The same for every problem of this type, such as `Out of stock`. */
  readonly title: string;
  /** What went wrong this time and what to do about it. */
  readonly detail?: string;
  /** Further members for programs, such as `{ sku, available }`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Seconds after which trying again may help; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Further headers of the answer, such as `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
  /** What it is to whoever watches over security, who is told of it. */
  readonly security?: Refusal | undefined;
}

/**
 * An answer that is an error: throw it anywhere in a handler.
 *
 * @example
 * throw new Problem({ status: 404, slug: "unknown-order", title: "Unknown order", detail: `No order ${id}` });
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly slug: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly security: Refusal | undefined;

  constructor(options: ProblemOptions) {
    super(options.detail ?? options.title, { cause: options.cause });
    this.status = options.status;
    this.slug = options.slug;
    this.title = options.title;
    this.detail = options.detail;
    this.extensions = options.extensions ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
    this.security = options.security;
  }

  /** The body of the answer. */
  toJSON(): ProblemDetails {
    return {
      type: problemType(this.slug),
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...this.extensions,
    };
  }
}

/** Something this service needs is away; the same request may succeed later. */
export const unavailable = (what: string, cause?: unknown): Problem =>
  new Problem({
    status: 503,
    slug: "unavailable",
    title: "Temporarily unavailable",
    detail: `${what} cannot be reached at the moment; try the same request again`,
    retryAfterSeconds: 1,
    cause,
  });

/**
 * One field of a request is wrong in a way that its schema cannot say.
 *
 * @param part Part of the request: `body`, `querystring`, `params` or `headers`.
 * @param pointer JSON pointer of the field, such as `#/lines/1/sku`.
 */
export const invalidField = (part: string, pointer: string, detail: string): Problem =>
  new Problem({
    status: 400,
    slug: "invalid-request",
    title: "Invalid request",
    detail: `${part} ${pointer}: ${detail}`,
    extensions: { errors: [{ in: part, pointer, detail }] },
  });
