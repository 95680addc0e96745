import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** What secrets are made and kept for; each purpose has a key of its own. */
export type Purpose = "signing-key" | "mail" | "recipient" | "refresh-token" | "device";

/** Something that was sealed with another key, for something else, or changed since. The message names the remedy. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";
}

const ALGORITHM = "aes-256-gcm";
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/** Seals and authenticates with keys that are all derived from the one secret KEY_ENCRYPTION_KEY. */
export class SecretBox {
  readonly #secret: string;
  readonly #keys = new Map<Purpose, Buffer>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /**
   * Encrypts a text (AES-256-GCM).
   *
   * @param owner What it belongs to, such as the id of its row: put anywhere else it cannot be opened.
   */
  seal(purpose: Purpose, owner: string, plain: string): Buffer {
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv(ALGORITHM, this.#key(purpose), iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /**
   * Decrypts what {@link seal} made.
   *
   * @throws {UnsealError} when it was not made with this key, for this purpose and owner.
   */
  open(purpose: Purpose, owner: string, sealed: Buffer): string {
    try {
      const iv = sealed.subarray(0, IV_LENGTH);
      const decipher = createDecipheriv(ALGORITHM, this.#key(purpose), iv, { authTagLength: TAG_LENGTH });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH));
      const plain = [decipher.update(sealed.subarray(IV_LENGTH + TAG_LENGTH)), decipher.final()];
      return Buffer.concat(plain).toString("utf8");
    } catch (cause) {
      const what = `the ${purpose} ${owner} cannot be opened`;
      throw new UnsealError(`${what}; give KEY_ENCRYPTION_KEY the value that it was sealed with`, { cause });
    }
  }

  /** A value that only who has the secret can make from the text (HMAC-SHA-256). */
  mac(purpose: Purpose, text: string): Buffer {
    return createHmac("sha256", this.#key(purpose)).update(text).digest();
  }

  #key(purpose: Purpose): Buffer {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync("sha256", this.#secret, "", `tradestack/account/${purpose}`, 32));
      this.#keys.set(purpose, key);
    }
    return key;
  }
}
