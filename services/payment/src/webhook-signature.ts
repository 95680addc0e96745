import { createHmac, timingSafeEqual } from "node:crypto";

/** A signature is taken for so long after it was made, in seconds. */
export const TOLERANCE_SECONDS = 300;

const digest = (secret: string, seconds: string, body: Buffer): Buffer =>
  createHmac("sha256", secret).update(`${seconds}.`).update(body).digest();

/**
 * Signs a webhook as Stripe documents it: `t=<seconds>,v1=<HMAC-SHA256 of "t.body">`.
 *
 * @param at Seconds since 1970.
 */
export const signWebhook = (secret: string, body: Buffer, at: number): string =>
  `t=${at},v1=${digest(secret, String(at), body).toString("hex")}`;

/**
 * Whether a webhook was signed with our secret a short while ago. The header may carry several `v1` signatures, as it
 * does while a secret is being replaced; signatures of other schemes do not count.
 *
 * @param body The bytes as they came: JSON that was read and written again is another text.
 * @param now Seconds since 1970.
 */
export function isSigned(secret: string, header: string, body: Buffer, now: number): boolean {
  const parts = header.split(",").map((part) => part.trim().split("=", 2));
  const times = parts.flatMap(([name, value]) => (name === "t" && value !== undefined ? [value] : []));
  const [seconds] = times;
  if (times.length !== 1 || seconds === undefined || !/^\d{1,12}$/.test(seconds)) return false;
  if (Math.abs(now - Number(seconds)) > TOLERANCE_SECONDS) return false;
  const expected = digest(secret, seconds, body);
  return parts.some(([name, value]) => {
    if (name !== "v1" || value === undefined || !/^[0-9a-f]{64}$/.test(value)) return false;
    return timingSafeEqual(Buffer.from(value, "hex"), expected);
  });
}
