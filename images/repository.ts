/** Reads files of this repository, named as in it: relative to its root, with forward slashes. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Absolute path of the repository. */
export const root = join(import.meta.dirname, "..");

/** Content of a file. */
export function readRepositoryFile(path: string): Buffer {
  return readFileSync(join(root, path));
}

/** Every file below a folder, sorted by path. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
