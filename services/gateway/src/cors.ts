import type { Api, Setting } from "../../chassis/index.ts";

/** Origins of other sites whose pages may call the API with their users' cookies. */
export type AllowedOrigins = ReadonlySet<string>;

/** Reads exact origins such as `https://shop.example,https://admin.example`. */
export const origins = (): Setting<AllowedOrigins> => ({
  parse(text) {
    const listed = text.split(",").map((origin) => origin.trim());
    for (const origin of listed) {
      if (!isOrigin(origin)) {
        throw new Error(
          `must be exact origins such as https://shop.example, separated by commas; "${origin}" is none`,
        );
      }
    }
    return new Set(listed);
  },
  fallback: new Set(),
});

/** Hosts of letters, digits, dots, dashes and the signs of IPv6 addresses: no patterns. */
const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/;
const isOrigin = (text: string) => ORIGIN.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** What pages of other origins may send and read, beyond what is always allowed. */
const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers":
    "authorization, content-type, idempotency-key, if-match, if-none-match, order-token, prefer, x-request-id",
  "access-control-max-age": "7200",
};
const EXPOSED_HEADERS =
  "etag, location, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id";

/**
 * Lets pages of some other origins call the API (CORS) and answers their preflights. Without such origins nothing is
 * added to any answer, and browsers keep all others out.
 *
 * @param api An API without routes.
 */
export function allowOrigins(api: Api, allowed: AllowedOrigins): void {
  if (allowed.size === 0) return;
  api.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    const isPreflight =
      request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
    if (isPreflight && origin !== undefined && allowed.has(origin)) {
      reply.code(204).headers(PREFLIGHT_HEADERS).send();
    } else done();
  });
  // The last word, after whatever a service has said.
  api.addHook("onSend", (request, reply, _payload, done) => {
    const vary = reply.getHeader("vary");
    reply.header("vary", vary === undefined ? "Origin" : `${vary}, Origin`);
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      reply.headers({
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": EXPOSED_HEADERS,
      });
    }
    done();
  });
}
