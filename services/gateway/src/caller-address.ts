import { isIP } from "node:net";

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

/** What is limited together: an IPv4 address, or the /64 network that an IPv6 user has all to themselves. */
export function limitedUnit(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? 0 : tail.split(":").length;
    while (groups.length + rest < 8) groups.push("0");
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
