/**
 * Passwords, derived instead of stored: one master key and a label always give the same password, in every engine
 * and on every machine. Stores are given only what they need to check a password, never the password itself.
 */

import { createHash, createHmac, hkdfSync, pbkdf2Sync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";

/** Separates this use of a key from any other; changing it changes every password. */
const CONTEXT = "tradestack/credentials/v1";
const PASSWORD_BYTES = 32;
const SCRAM_ITERATIONS = 4096;
const SCRAM_SALT_BYTES = 16;
const RABBIT_SALT_BYTES = 4;

/**
 * Derives a password by HKDF-SHA256. Whoever knows it learns nothing about the master key or another password.
 *
 * @param masterKey Base64 of 32 or more random bytes.
 * @param label What the password is for, such as `postgres/order`.
 * @returns 43 letters, digits, dashes and underscores, which need no escaping in a URL.
 * @example derivePassword(masterKey, "postgres/order")
 */
export function derivePassword(masterKey: string, label: string): string {
  return derive(masterKey, label, PASSWORD_BYTES).toString("base64url");
}

/**
 * What PostgreSQL keeps of a password; clients prove that they know it without sending it.
 *
 * @param password ASCII, as {@link derivePassword} gives it.
 * @param user Whose password it is; makes the salt differ between users.
 */
export function scramSha256(password: string, user: string): string {
  const salt = deriveSalt(password, `postgres/${user}`, SCRAM_SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

/** What RabbitMQ's definitions hold of a password (`rabbit_password_hashing_sha256`). */
export function rabbitSha256(password: string, user: string): string {
  const salt = deriveSalt(password, `rabbitmq/${user}`, RABBIT_SALT_BYTES);
  const hash = createHash("sha256").update(salt).update(password).digest();
  return Buffer.concat([salt, hash]).toString("base64");
}

/** What a Redis access list holds of a password, to be written after `#`. */
export function redisSha256(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

/** The credentials of one environment. */
export class KeyRing {
  readonly #masterKey: string | undefined;

  /**
   * @param masterKey Base64 of 32 or more random bytes; undefined where nobody gave one, as in a review without
   * credentials: every password is then unknown, as are values that only a real deployment would tell.
   */
  constructor(masterKey: string | undefined) {
    this.#masterKey = masterKey;
  }

  /** Tells master keys apart without giving anything away. */
  get fingerprint(): string {
    if (this.#masterKey === undefined) return "unknown";
    return derive(this.#masterKey, "fingerprint", 4).toString("hex");
  }

  /** The password with this label, marked secret. */
  password(label: string): pulumi.Output<string> {
    if (this.#masterKey !== undefined) return pulumi.secret(derivePassword(this.#masterKey, label));
    return pulumi.secret(pulumi.output<unknown>(unknown)) as pulumi.Output<string>;
  }
}

function derive(key: string, label: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", Buffer.from(key, "base64"), CONTEXT, label, bytes));
}

/** The salt follows from the password too, so that nothing random has to be stored between runs. */
function deriveSalt(password: string, label: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", password, CONTEXT, `salt/${label}`, bytes));
}
