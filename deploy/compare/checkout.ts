/** Another commit of this repository, laid out beside it so that its program can be run. */

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { UsageError } from "../../command-line/options.ts";

/** A commit's files in a folder of their own. */
export interface Checkout {
  readonly commit: string;
  readonly directory: string;
  /** Whether the commit asks for other packages than the ones that it is run with, which are this checkout's. */
  readonly otherPackages: boolean;
  /** Removes the folder. */
  remove(): void;
}

/**
 * Lays out the commit where the checkout left a branch (a tag, a commit), so that only its own changes show and not
 * what the branch has got since. Nothing is written to the repository.
 *
 * @param ref Such as `main`; a branch that only the remote `origin` has is found, too.
 * @param root The checkout, with its packages installed.
 * @throws {UsageError} where there is no such thing, or no Git repository.
 */
export const checkOut = (ref: string, root: string): Checkout => layOut(findBase(ref, root), root);

/**
 * Lays out a commit. Nothing is written to the repository.
 *
 * @param commit Its full name, as {@link findCommit} gives it.
 * @param root The checkout, with its packages installed.
 */
export function layOut(commit: string, root: string): Checkout {
  const directory = mkdtempSync(join(tmpdir(), "tradestack-against-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const archive = join(directory, "archive.tar");
    demand(git(root, "archive", "--format=tar", `--output=${archive}`, commit));
    demand(run("tar", "-xf", archive, "-C", directory));
    rmSync(archive);
    linkPackages(root, directory);
    return { commit, directory, otherPackages: lockfile(root) !== lockfile(directory), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The commit that a branch, tag or commit means; a branch that only the remote `origin` has is found, too. */
export function findCommit(ref: string, root: string): string | undefined {
  // What begins with a dash would be taken for an option of Git's.
  const names = ref.startsWith("-") ? [] : [ref, `origin/${ref}`];
  const [commit] = names.flatMap((name) => {
    const { status, stdout } = git(root, "rev-parse", "--verify", "--quiet", `${name}^{commit}`);
    return status === 0 ? [stdout.trim()] : [];
  });
  return commit;
}

function findBase(ref: string, root: string): string {
  const commit = findCommit(ref, root);
  if (commit === undefined) {
    throw new UsageError(
      `--against ${ref}: there is no such branch, tag or commit in ${root}; fetch it first: git fetch origin ${ref}`,
    );
  }
  const { status, stdout } = git(root, "merge-base", commit, "HEAD");
  // A shallow clone does not know where it left the branch.
  return status === 0 ? stdout.trim() : commit;
}

/** Links every installed package, except those that are folders of this repository: these are the commit's own. */
function linkPackages(root: string, directory: string): void {
  const home = realpathSync(root);
  const installed = join(root, "node_modules");
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  for (const name of existsSync(installed) ? readdirSync(installed) : []) {
    const place = relative(home, realpathSync(join(installed, name)));
    const own = !place.startsWith("..") && !place.split("/").includes("node_modules");
    const target = own ? join(directory, place) : join(installed, name);
    if (existsSync(target)) symlinkSync(target, join(directory, "node_modules", name));
  }
  for (const workspace of readdirSync(directory)) {
    const nested = join(root, workspace, "node_modules");
    if (existsSync(nested)) symlinkSync(nested, join(directory, workspace, "node_modules"));
  }
}

const lockfile = (root: string): string | undefined => {
  const file = join(root, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: Error;
}

const run = (command: string, ...args: string[]): Ended => spawnSync(command, args, { encoding: "utf8" });
const git = (root: string, ...args: string[]): Ended => run("git", "-C", root, ...args);

function demand({ status, stderr, error }: Ended): void {
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.trim());
}
