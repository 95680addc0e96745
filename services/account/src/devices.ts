import { randomBytes, timingSafeEqual } from "node:crypto";
import type { SecretBox } from "./secret-box.ts";

/** The cookie that a device is recognised by once it has logged in. */
export const DEVICE_COOKIE = "device";
/** Kept for a year, in seconds. */
export const DEVICE_COOKIE_AGE = 365 * 24 * 3600;

const NONCE_LENGTH = 16;

/**
 * Tells devices that have logged in to an account from those that never have, so that the failures of strangers
 * never keep its owner out ("device cookies", OWASP). A cookie is a random name and a signature over it and the
 * address of the account; nothing is stored.
 */
export class Devices {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  /** A cookie for a device that has just logged in. */
  issue(email: string): string {
    const nonce = randomBytes(NONCE_LENGTH).toString("base64url");
    return `${nonce}.${this.#sign(nonce, email).toString("base64url")}`;
  }

  /** The device's name where the cookie was issued for this account; undefined for a stranger. */
  recognise(cookie: string | undefined, email: string): string | undefined {
    const [nonce = "", signature = ""] = cookie?.split(".") ?? [];
    const expected = this.#sign(nonce, email);
    const given = Buffer.from(signature, "base64url");
    return given.length === expected.length && timingSafeEqual(given, expected) ? nonce : undefined;
  }

  #sign(nonce: string, email: string): Buffer {
    return this.#box.mac("device", `${nonce}.${email}`);
  }
}
