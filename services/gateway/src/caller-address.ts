import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * Proxies between the callers and the gateway: the ingress controller, the only one that network policies let in.
 * Each adds the address it was called from at the end of `X-Forwarded-For`; anything before that is hearsay.
 */
const TRUSTED_PROXIES = 1;

/**
 * The address that a request came from, as the ingress saw it.
 *
 * @param forwardedFor Value of `X-Forwarded-For`.
 * @param peer Address of the other end of the connection, for a request that came without a proxy.
 */
export function callerAddress(forwardedFor: string | undefined, peer: string | undefined): string {
  const seen = forwardedFor?.split(",").at(-TRUSTED_PROXIES)?.trim();
  const address = seen !== undefined && isIP(seen) !== 0 ? seen : (peer ?? "unknown");
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}

/** The same of a request. */
export function requestAddress({ headers, socket }: Pick<FastifyRequest, "headers" | "socket">): string {
  const forwardedFor = headers["x-forwarded-for"];
  return callerAddress(
    Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    socket.remoteAddress,
  );
}
