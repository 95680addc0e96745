import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A secret of this machine's own, made the first time it is asked for.
 *
 * @param folder Where secrets are kept, such as `$TRADESTACK_HOME/dev/secrets`.
 * @param name Path below it, such as `order/SEAL_KEY`.
 * @returns The file that holds it, and what it holds: 43 letters, digits, dashes and underscores.
 */
export function localSecret(folder: string, name: string): { readonly file: string; readonly value: string } {
  const file = join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const making = `${file}.${process.pid}`;
    writeFileSync(making, randomBytes(32).toString("base64url"), { mode: 0o600 });
    renameSync(making, file);
  }
  return { file, value: readFileSync(file, "utf8") };
}
