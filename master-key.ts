import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tradestackHome } from "./sandbox/home.ts";

/**
 * The private store of the dev stacks' master key: one file per stack that only its owner can read. Every password
 * of a stack is derived from this key, so nothing else has to be stored. Other environments keep theirs as a Pulumi
 * secret in the stack's configuration.
 */

const keyFile = (stack: string): string => join(tradestackHome(), "secrets", `${stack}.key`);

/**
 * Reads a stack's master key from the private store.
 *
 * @param stack The stack's name, such as `dev`.
 * @returns The key in base64, or undefined where none has been made yet.
 */
export function readMasterKey(stack: string): string | undefined {
  try {
    return readFileSync(keyFile(stack), "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Reads a stack's master key from the private store, making it there on first use.
 *
 * @param stack The stack's name, such as `dev`.
 * @returns The key in base64: 32 random bytes.
 */
export function ensureMasterKey(stack: string): string {
  const stored = readMasterKey(stack);
  if (stored !== undefined) return stored;
  mkdirSync(join(tradestackHome(), "secrets"), { recursive: true, mode: 0o700 });
  const key = randomBytes(32).toString("base64");
  try {
    // "wx" fails where the file exists: of two first runs at once, both end with the same key.
    writeFileSync(keyFile(stack), `${key}\n`, { flag: "wx", mode: 0o600 });
    return key;
  } catch (error) {
    const made = readMasterKey(stack);
    if (made !== undefined) return made;
    throw error;
  }
}
