import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "../../chassis/index.ts";
import { CALLER_HEADERS } from "../../contracts/identity.ts";
import { PUBLIC_PREFIX } from "./path.ts";

/**
 * The only headers from outside that reach a service; whatever else a service trusts comes from the gateway. A
 * service that needs another one gets it by adding it here. Access tokens end here: who is calling is in headers of
 * the gateway's own.
 */
export const PASSED_ON = [
  "accept",
  "accept-language",
  "content-encoding",
  "content-type",
  "cookie",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "order-token",
  "prefer",
  // Signatures of payment providers' webhooks.
  "stripe-signature",
  "test-provider-signature",
  "user-agent",
];

/** About one connection only, or the gateway's own to say. */
const NOT_PASSED_BACK = new Set([
  "access-control-allow-credentials",
  "access-control-allow-origin",
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-authenticate",
  "server",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-powered-by",
  "x-request-id",
]);

/** On every answer. The API shows no pages but its own plain one, so nothing may be embedded, run or guessed. */
export const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

/** What the gateway itself knows of a request. */
export interface RequestFacts {
  readonly requestId: string;
  readonly address: string;
  readonly host: string;
  readonly protocol: string;
  /** Who is logged in, as verified; undefined for nobody. */
  readonly caller: Caller | undefined;
}

/** The headers that a service gets. */
export function requestHeaders(received: IncomingHttpHeaders, facts: RequestFacts): Record<string, string> {
  const headers: Record<string, string> = {
    "x-request-id": facts.requestId,
    "x-forwarded-for": facts.address,
    "x-forwarded-host": facts.host,
    "x-forwarded-proto": facts.protocol,
  };
  if (facts.caller !== undefined) {
    headers[CALLER_HEADERS.id] = facts.caller.id;
    headers[CALLER_HEADERS.roles] = facts.caller.roles.join(",");
  }
  for (const name of PASSED_ON) {
    const value = received[name];
    if (typeof value === "string") headers[name] = value;
  }
  return headers;
}

/**
 * The headers of a service's answer that the caller gets.
 *
 * @param withLength Whether `content-length` is one of them, as for HEAD, where no body tells it.
 */
export function responseHeaders(
  received: IncomingHttpHeaders,
  withLength: boolean,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    const passed = !NOT_PASSED_BACK.has(name) || (withLength && name === "content-length");
    if (passed && value !== undefined) headers[name] = value;
  }
  // A service names its own paths, which the public finds behind the prefix.
  if (received.location?.startsWith("/")) headers.location = PUBLIC_PREFIX + received.location;
  return headers;
}
