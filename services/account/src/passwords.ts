import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { HashQueue } from "./hash-queue.ts";

/** What a password's hash costs: memory in KiB, rounds over it, and lanes. */
export interface HashCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * 19 MiB, 2 rounds, 1 lane: the least that OWASP recommends for argon2id.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
export const HASH_COST: HashCost = { memory: 19_456, passes: 2, parallelism: 1 };

const TAG_LENGTH = 32;
const SALT_LENGTH = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{43})$/;

const derive = promisify(argon2);

/** A hash in the database that is none. */
export class PasswordHashError extends Error {
  override readonly name = "PasswordHashError";
}

/** Hashes passwords with argon2id, on threads of their own, and tells them apart. */
export class Passwords {
  readonly #queue: HashQueue;
  readonly #cost: HashCost;
  #nobody: Promise<string> | undefined;

  constructor(queue: HashQueue, cost: HashCost = HASH_COST) {
    this.#queue = queue;
    this.#cost = cost;
  }

  /** The hash of a password in the PHC format, such as `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_LENGTH);
    const tag = await this.#derive(password, salt, this.#cost);
    const { memory, passes, parallelism } = this.#cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
  }

  /**
   * Whether a hash was made of this password. Without a hash the same work is done for nothing, so that the time it
   * takes does not tell whether there is an account.
   */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.#nobody ??= this.hash("nobody has this password");
    const { cost, salt, tag } = parse(hash ?? (await this.#nobody));
    const derived = await this.#derive(password, salt, cost);
    return timingSafeEqual(derived, tag) && hash !== undefined;
  }

  /** Whether a hash was made at another cost than new ones are, and should be made anew. */
  isOutdated(hash: string): boolean {
    const { memory, passes, parallelism } = parse(hash).cost;
    const { memory: m, passes: t, parallelism: p } = this.#cost;
    return memory !== m || passes !== t || parallelism !== p;
  }

  #derive(password: string, nonce: Buffer, cost: HashCost): Promise<Buffer> {
    // The same password typed on another keyboard may be composed of other code points (NIST SP 800-63B).
    const message = password.normalize("NFKC");
    return this.#queue.run(() => derive("argon2id", { message, nonce, tagLength: TAG_LENGTH, ...cost }));
  }
}

const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

function parse(hash: string): { cost: HashCost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt = "", tag = ""] = PHC.exec(hash) ?? [];
  if (memory === undefined) throw new PasswordHashError("a stored password hash is not in the PHC format");
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}
