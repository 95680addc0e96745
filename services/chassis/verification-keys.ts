import { type CryptoKey, importJWK } from "jose";
import { Compile } from "typebox/compile";
import { KeySet } from "../contracts/identity.ts";

/** Where the keys of access tokens come from, and the clock that their age is told by. */
export interface VerificationKeyOptions {
  /** Asks for the key set ({@link KeySet}); rejects where there is no answer. */
  readonly fetchKeys: () => Promise<unknown>;
  /** Milliseconds since any fixed moment. Default: a clock that never goes back. */
  readonly now?: () => number;
}

/** The keys cannot be asked for at the moment, so nothing can be said about a token. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}

/** Keys this old are asked for again, in milliseconds; a key is published for longer than that before it signs. */
const MAX_AGE = 300_000;
/** They are asked for no more often than this, in milliseconds, however many tokens name unknown keys. */
const PAUSE = 3000;

const keySet = Compile(KeySet);

/**
 * The public keys of access tokens, kept in memory. Keys that are too old are still used while new ones are asked
 * for in the background: whoever issues them may be away for as long as tokens live without anybody noticing.
 */
export class VerificationKeys {
  readonly #fetchKeys: () => Promise<unknown>;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;
  #refresh: Promise<void> | undefined;

  constructor({ fetchKeys, now = () => performance.now() }: VerificationKeyOptions) {
    this.#fetchKeys = fetchKeys;
    this.#now = now;
  }

  /**
   * The key with this id; undefined where the issuer has none.
   *
   * @throws {KeysUnavailableError} when it is not known and the issuer cannot be asked.
   */
  async find(id: string): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(id);
    if (known !== undefined) {
      if (this.#now() - this.#fetchedAt > MAX_AGE) void this.#refreshSoon();
      return known;
    }
    await this.#refreshSoon();
    if (this.#failure !== undefined) {
      throw new KeysUnavailableError("the keys of access tokens cannot be asked for", {
        cause: this.#failure,
      });
    }
    return this.#keys.get(id);
  }

  /** Asks for the keys, once for all who want them, unless it was done just now. */
  async #refreshSoon(): Promise<void> {
    if (this.#refresh === undefined && this.#now() - this.#triedAt >= PAUSE) {
      this.#triedAt = this.#now();
      this.#refresh = this.#fetch().finally(() => {
        this.#refresh = undefined;
      });
    }
    await this.#refresh;
  }

  async #fetch(): Promise<void> {
    try {
      const answer = await this.#fetchKeys();
      if (!keySet.Check(answer)) throw new Error("the issuer's answer is no key set");
      const imported = await Promise.all(
        answer.keys.map(async (key) => [key.kid, await importPublicKey(key)] as const),
      );
      this.#keys = new Map(imported);
      this.#fetchedAt = this.#now();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }
}

async function importPublicKey(jwk: KeySet["keys"][number]): Promise<CryptoKey> {
  // Only what makes a public key: a private part that slipped in is of no concern here.
  const { kty, crv, x, alg } = jwk;
  const key = await importJWK({ kty, crv, x, alg });
  if (key instanceof Uint8Array) throw new Error(`key ${jwk.kid} is no public key`);
  return key;
}
