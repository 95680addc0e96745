/** Which exact packages npm installs for a set of package names, read from package-lock.json. */

import { readRepositoryFile } from "./repository.ts";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The `packages` of a package-lock.json: each by the folder it is installed in. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** A package that the lockfile does not have. The message names it, who needs it and the remedy. */
export class LockfileError extends Error {
  override readonly name = "LockfileError";
}

/** The packages of this repository's own lockfile. */
export function lockedPackages(): LockedPackages {
  return JSON.parse(readRepositoryFile("package-lock.json").toString()).packages;
}

/**
 * Everything that some packages pull in, themselves included.
 *
 * @param names Packages as an import names them.
 * @param folder The workspace whose files import them, such as `services`.
 * @returns For each the folder it is installed in, its version and its checksum, sorted.
 * @throws {LockfileError} when one of `names` is not installed.
 */
export function packageClosure(locked: LockedPackages, names: readonly string[], folder: string): string[] {
  const reached = new Set<string>();
  const visit = (name: string, from: string, optional: boolean): void => {
    const at = installedAt(locked, name, from);
    if (at === undefined) {
      if (optional) return;
      throw new LockfileError(
        `package-lock.json has no "${name}", which ${from} needs; run npm install -w ${folder} ${name}`,
      );
    }
    if (reached.has(at)) return;
    reached.add(at);
    const found = locked[at];
    for (const needed of Object.keys(found?.dependencies ?? {})) visit(needed, at, false);
    const maybe = { ...found?.optionalDependencies, ...found?.peerDependencies };
    for (const needed of Object.keys(maybe)) visit(needed, at, true);
  };
  for (const name of names) visit(name, folder, false);
  return [...reached].sort().map((at) => `${at} ${locked[at]?.version} ${locked[at]?.integrity}`);
}

/** Node's own rule: the nearest node_modules on the way up. */
function installedAt(locked: LockedPackages, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const at = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(locked, at)) return at;
    if (folder === "") return undefined;
  }
}
