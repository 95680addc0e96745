import { generateKeyPairSync, randomUUID } from "node:crypto";
import { type CryptoKey, importJWK } from "jose";
import { type Database, type Queryable, statement } from "../../chassis/index.ts";
import { type KeySet, type PublicKey, TOKEN_ALGORITHM } from "../../contracts/identity.ts";
import { type SecretBox, UnsealError } from "./secret-box.ts";

/** When keys change. Times are seconds. */
export interface RotationPolicy {
  /** A key signs for so long. */
  readonly period: number;
  /** A key is published for so long before it signs: longer than anybody keeps the key set. */
  readonly ahead: number;
  /** A key is published for so long after it has signed: longer than its last token lives. */
  readonly after: number;
}

const MINUTE = 60;
/** Verifiers ask for the keys anew every 5 minutes, replicas every minute; tokens live for 10. */
export const rotationPolicy = (days: number): RotationPolicy => ({
  period: days * 24 * 60 * MINUTE,
  ahead: 15 * MINUTE,
  after: 20 * MINUTE,
});

interface KeyRow {
  readonly id: string;
  readonly public_x: string;
  readonly sealed: Buffer;
  readonly signs_from: Date;
  /** Seconds since it began to sign, by the database's clock; negative where it is still to. */
  readonly age: number;
}

/** A key that is open in memory. */
export interface SigningKey {
  readonly id: string;
  readonly key: CryptoKey;
}

const LOCK = statement("keys-lock", "SELECT pg_advisory_xact_lock(hashtext('signing_keys'))");
const ADD = statement<{ id: string }>(
  "keys-add",
  `INSERT INTO signing_keys (id, public_x, sealed, signs_from)
   VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4::float8)) RETURNING id`,
);
/** Removes keys whose successor has signed for so long that none of their tokens can be alive. */
const RETIRE = statement<{ id: string }>(
  "keys-retire",
  `DELETE FROM signing_keys AS old USING signing_keys AS next
   WHERE next.signs_from > old.signs_from
     AND next.signs_from + make_interval(secs => $1::float8) < clock_timestamp()
   RETURNING old.id`,
);
const REMOVE_ALL = statement<{ id: string }>("keys-remove-all", "DELETE FROM signing_keys RETURNING id");
const LIST = statement<KeyRow>(
  "keys-list",
  `SELECT id, public_x, sealed, signs_from, extract(epoch FROM clock_timestamp() - signs_from)::float8 AS age
   FROM signing_keys ORDER BY signs_from`,
);

/** What a rotation did. */
export interface Rotation {
  /** Ids of keys that were made, */
  readonly made: readonly string[];
  /** that were removed, */
  readonly removed: readonly string[];
  /** and that are published, but were sealed with another KEY_ENCRYPTION_KEY. */
  readonly foreign: readonly string[];
}

/**
 * The keys that access tokens are signed with, as the database has them.
 *
 * A key that was sealed with another KEY_ENCRYPTION_KEY is left to those who have it, and published like the others.
 * So when that secret changes, replicas with the old one and replicas with the new one sign side by side, each with
 * keys of their own, and nobody is logged out.
 */
export class SigningKeys {
  readonly #database: Database;
  readonly #box: SecretBox;
  readonly #policy: RotationPolicy;
  #rows: readonly KeyRow[] = [];
  readonly #open = new Map<string, CryptoKey>();

  constructor(database: Database, box: SecretBox, policy: RotationPolicy) {
    this.#database = database;
    this.#box = box;
    this.#policy = policy;
  }

  /**
   * Makes a key where one is due, removes those that are over, and reads the rest. All replicas do this; they take
   * turns, so that a key is made once.
   *
   * @param force Makes a key now, whether it is due or not.
   */
  async rotate(force = false): Promise<Rotation> {
    const { period, ahead, after } = this.#policy;
    const changed = await this.#database.transaction(async (transaction) => {
      await transaction.query(LOCK);
      const removed = await transaction.query(RETIRE, [after]);
      const rows = await transaction.query(LIST);
      await this.#openAll(rows);
      const newest = rows.findLast(({ id }) => this.#open.has(id));
      const made: string[] = [];
      // The first key signs at once: nobody could have asked for it before.
      if (newest === undefined) made.push(await this.#make(transaction, 0));
      else if (force || newest.age + ahead >= period) made.push(await this.#make(transaction, ahead));
      return { made, removed: removed.map(({ id }) => id) };
    });
    await this.load();
    return { ...changed, foreign: this.#rows.map(({ id }) => id).filter((id) => !this.#open.has(id)) };
  }

  /**
   * Replaces all keys at once, because one may have leaked. Tokens that are out are no good from the moment their
   * verifiers learn of it; sessions go on, each with its next refresh.
   */
  async replace(): Promise<Rotation> {
    const changed = await this.#database.transaction(async (transaction) => {
      await transaction.query(LOCK);
      const removed = await transaction.query(REMOVE_ALL);
      return { made: [await this.#make(transaction, 0)], removed: removed.map(({ id }) => id) };
    });
    await this.load();
    return { ...changed, foreign: [] };
  }

  /** Reads the keys and opens those that are new. */
  async load(): Promise<void> {
    const rows = await this.#database.query(LIST);
    await this.#openAll(rows);
    this.#rows = rows;
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#open.keys()) if (!ids.has(id)) this.#open.delete(id);
  }

  /** The newest key of ours whose time has come. */
  current(): SigningKey {
    const now = Date.now();
    const own = this.#rows.filter(({ id }) => this.#open.has(id));
    const row = own.findLast(({ signs_from }) => signs_from.getTime() <= now) ?? own[0];
    const key = row && this.#open.get(row.id);
    if (row === undefined || key === undefined) {
      throw new Error("there is no signing key; rotate() makes the first one");
    }
    return { id: row.id, key };
  }

  /** What is published. */
  keySet(): KeySet {
    return { keys: this.#rows.map(publicKey) };
  }

  async #make(transaction: Queryable, signsIn: number): Promise<string> {
    const id = randomUUID();
    const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    const { x, d } = jwk;
    if (x === undefined || d === undefined) throw new Error("a new key has no parts");
    await transaction.query(ADD, [id, x, this.#box.seal("signing-key", id, d), signsIn]);
    return id;
  }

  /** Opens the keys that are not open yet and that are ours to open. */
  async #openAll(rows: readonly KeyRow[]): Promise<void> {
    for (const row of rows) {
      if (this.#open.has(row.id)) continue;
      try {
        this.#open.set(row.id, await this.#unseal(row));
      } catch (error) {
        if (!(error instanceof UnsealError)) throw error;
      }
    }
  }

  async #unseal({ id, public_x, sealed }: KeyRow): Promise<CryptoKey> {
    const d = this.#box.open("signing-key", id, sealed);
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: public_x, d, alg: TOKEN_ALGORITHM });
    if (key instanceof Uint8Array) throw new Error(`signing key ${id} is no private key`);
    return key;
  }
}

const publicKey = ({ id, public_x }: KeyRow): PublicKey => ({
  kty: "OKP",
  crv: "Ed25519",
  x: public_x,
  kid: id,
  alg: TOKEN_ALGORITHM,
  use: "sig",
});
