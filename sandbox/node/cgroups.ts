/** The sandbox's own cgroup, under which both the node's programs and its pods live, in version 1 or 2. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";
const NODE = "node";
const CONTROLLERS = ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"];

/** Which version the machine uses for its controllers. */
export function cgroupVersion(root: string = ROOT): 1 | 2 {
  return existsSync(join(root, "cgroup.controllers")) ? 2 : 1;
}

/**
 * Where each hierarchy is mounted: one in version 2; one for each set of controllers in version 1, where a machine
 * may have version 2 beside them, without controllers.
 *
 * @param mounts Text of `/proc/mounts`.
 * @example hierarchies("cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n") // ["/sys/fs/cgroup/cpu"]
 */
export function hierarchies(mounts: string): string[] {
  return mounts
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, path = ""]) => path);
}

const roots = (): string[] => hierarchies(readFileSync("/proc/mounts", "utf8"));

/** The directories that the node's own programs join, one in every hierarchy. */
export const nodeCgroups = (name: string): string[] => roots().map((root) => join(root, name, NODE));

/**
 * Makes the cgroup in every hierarchy.
 *
 * @param name Its name, directly under the root.
 */
export function makeCgroups(name: string): void {
  for (const root of roots()) {
    const own = join(root, name);
    const node = join(own, NODE);
    mkdirSync(node, { recursive: true });
    if (cgroupVersion() === 2) {
      delegate(root);
      delegate(own);
    } else {
      inheritCpuset(root, own);
      inheritCpuset(own, node);
    }
  }
}

/** A new cpuset of version 1 is empty, and takes no process until it has what its parent has. */
function inheritCpuset(parent: string, child: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if (!existsSync(join(child, file))) continue;
    if (readFileSync(join(child, file), "utf8").trim() !== "") continue;
    writeFileSync(join(child, file), readFileSync(join(parent, file), "utf8"));
  }
}

/** In version 2 a child has only the controllers that its parent hands down. */
function delegate(directory: string): void {
  const available = readFileSync(join(directory, "cgroup.controllers"), "utf8").trim().split(" ");
  for (const controller of CONTROLLERS.filter((wanted) => available.includes(wanted))) {
    writeFileSync(join(directory, "cgroup.subtree_control"), `+${controller}`);
  }
}

/** The sandbox's cgroup directories that exist, one for each hierarchy. */
export function existingCgroups(name: string): string[] {
  return roots()
    .map((root) => join(root, name))
    .filter((path) => existsSync(path));
}

/** Whether sandboxes of other state directories run on this machine. */
export const othersRun = (name: string): boolean =>
  otherSandboxes(
    roots().flatMap((root) => readdirSync(root)),
    name,
  ).some((other) => processesIn(other).length > 0);

/** Names of cgroups that are other sandboxes' than the one whose is called `name`. Those of image builds are none. */
export const otherSandboxes = (entries: readonly string[], name: string): string[] => [
  ...new Set(entries.filter((entry) => /^tradestack-[0-9a-f]{8}$/.test(entry) && entry !== name)),
];

/** Every process in the cgroup or below it, by its id on the machine. */
export function processesIn(name: string): number[] {
  const ids = existingCgroups(name).flatMap((top) =>
    tree(top).flatMap((directory) => {
      try {
        return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
      } catch {
        return []; // the cgroup went away in the meantime, and its processes with it
      }
    }),
  );
  return [...new Set(ids)];
}

/** Removes the cgroup and all below it; those that still hold a process stay. */
export function removeCgroups(name: string): void {
  for (const directory of existingCgroups(name).flatMap(tree)) {
    try {
      rmdirSync(directory);
    } catch {
      // in use: the leftovers check names it
    }
  }
}

/** A directory and all below it, the deepest first. */
function tree(top: string): string[] {
  try {
    const below = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...below.flatMap((entry) => tree(join(top, entry.name))), top];
  } catch {
    return []; // went away in the meantime
  }
}
