/**
 * What a service's program is made of: the files it imports and the npm packages these name. Found from the import
 * statements alone, which takes milliseconds; a test holds it against what esbuild really bundles.
 */

import { posix } from "node:path";
import { readRepositoryFile } from "./repository.ts";

/** An import that cannot be followed. The message names the file and the import. */
export class SourceClosureError extends Error {
  override readonly name = "SourceClosureError";
}

/** Files, relative to the repository's root, and packages by name; both sorted. */
export interface SourceClosure {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`; types alone leave no trace at run time. */
const IMPORT = /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s*)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/**
 * Follows the imports of a module of this repository.
 *
 * @param entry Such as `services/order/src/main.ts`.
 * @throws {SourceClosureError} when a file that is imported does not exist.
 */
export function sourceClosure(entry: string): SourceClosure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string, importer: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, stated, dynamic] of readSource(file, importer).matchAll(IMPORT)) {
      const specifier = stated ?? dynamic ?? "";
      if (specifier.startsWith(".")) visit(posix.join(posix.dirname(file), specifier), file);
      else if (!specifier.startsWith("node:")) packages.add(packageOf(specifier));
    }
  };
  visit(entry, "the service's image");
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function readSource(file: string, importer: string): string {
  try {
    return readRepositoryFile(file).toString();
  } catch (cause) {
    throw new SourceClosureError(
      `${file}, which ${importer} needs, cannot be read; write it or drop the import`,
      {
        cause,
      },
    );
  }
}

/** `@scope/name` or `name` of a specifier that may lead further into the package. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
