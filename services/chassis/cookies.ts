import type { FastifyRequest } from "fastify";

/** Where a cookie goes and how long it lives. */
export interface CookieOptions {
  /** Public path that it is sent to, such as `/api/sessions`. */
  readonly path: string;
  /** Seconds that it is kept, 0 to remove it. */
  readonly maxAge: number;
  /** `Strict`: never sent on behalf of another site; `Lax`: only when a link leads here. */
  readonly sameSite: "Strict" | "Lax";
}

/** The value of a cookie that came with a request; the first one where there are several. */
export function readCookie({ headers }: Pick<FastifyRequest, "headers">, name: string): string | undefined {
  for (const pair of headers.cookie?.split(";") ?? []) {
    const separator = pair.indexOf("=");
    if (separator > 0 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim();
  }
  return undefined;
}

/**
 * The `set-cookie` header that gives a browser a cookie which no script can read, and which goes over HTTPS only
 * where the request came so.
 *
 * @param value Letters, digits and `-._~` only, such as a token in base64url.
 * @example
 * reply.header("set-cookie", writeCookie(request, "cart", id, { path: "/api/cart", maxAge: 3600, sameSite: "Lax" }));
 */
export function writeCookie(
  { headers }: Pick<FastifyRequest, "headers">,
  name: string,
  value: string,
  { path, maxAge, sameSite }: CookieOptions,
): string {
  const secure = headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=${sameSite}${secure}`;
}
