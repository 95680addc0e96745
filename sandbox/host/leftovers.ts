/** What the sandbox changed on the machine: taking it back, and finding what is still there. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { succeeds, waitFor } from "../command.ts";
import { existingCgroups, othersRun, processesIn, removeCgroups } from "../node/cgroups.ts";
import { fixedDirectories, type Layout } from "../node/layout.ts";
import { allNodes } from "../node/nodes.ts";
import { removeServicePolicy } from "./packages.ts";

/**
 * Makes the directories that programs of the node write to whatever their settings say, and remembers which. Beside
 * another sandbox they are there already, and whoever ends last removes them.
 */
export function makeFixedDirectories(layout: Layout): void {
  const made = new Set<string>(readMadeDirectories(layout));
  if (othersRun(layout.cgroup)) for (const directory of fixedDirectories) made.add(directory);
  for (const directory of fixedDirectories) {
    const first = mkdirSync(directory, { recursive: true });
    for (
      let path: string = directory;
      first !== undefined && path.length >= first.length;
      path = dirname(path)
    ) {
      made.add(path);
    }
  }
  writeFileSync(layout.madeDirectories, JSON.stringify([...made]));
}

function readMadeDirectories(layout: Layout): string[] {
  return existsSync(layout.madeDirectories) ? JSON.parse(readFileSync(layout.madeDirectories, "utf8")) : [];
}

/**
 * Ends every process in a node's cgroup and removes it. That of the first node holds those of the others, too.
 */
export async function clearCgroup({ cgroup }: Layout): Promise<void> {
  for (const pid of processesIn(cgroup)) kill(pid);
  await settle(() => processesIn(cgroup).length === 0);
  removeCgroups(cgroup);
}

/**
 * Takes back whatever a sandbox left on the machine, however its nodes ended. None must be running. What cannot be
 * taken back stays for {@link findLeftovers}.
 *
 * @param layout That of the first node.
 */
export async function takeBack(layout: Layout): Promise<void> {
  await clearCgroup(layout);
  // The kernel takes the link away with the node's network, but that may outlive its last process for a while.
  if (hasInterface(layout)) await succeeds(["ip", "link", "delete", layout.addresses.machineInterface]);
  for (const path of mountsUnder(readFileSync("/proc/self/mounts", "utf8"), layout.root)) {
    await succeeds(["umount", "--lazy", path]);
  }
  removeCgroups(layout.cgroup); // what was mounted may have held it
  removeCgroups(layout.imagesCgroup);
  // A removed directory would take the mount with it that another sandbox has there.
  if (!othersRun(layout.cgroup)) for (const path of readMadeDirectories(layout)) removeIfEmpty(path);
  rmSync(layout.madeDirectories, { force: true });
  removeServicePolicy();
  for (const { run } of allNodes(layout)) rmSync(run, { recursive: true, force: true });
}

/**
 * What is on the machine that should not be there when no sandbox of this state directory runs.
 *
 * @returns One sentence for each, naming it; none when the machine is as it was.
 */
export function findLeftovers(layout: Layout): string[] {
  return [
    ...[...new Set([...processesIn(layout.cgroup), ...processesOf(layout)])].map(
      (pid) => `process ${pid} (${programOf(pid)}) still runs`,
    ),
    ...mountsUnder(readFileSync("/proc/self/mounts", "utf8"), layout.root).map(
      (path) => `${path} is still mounted`,
    ),
    ...existingCgroups(layout.cgroup).map((path) => `cgroup ${path} is still there`),
    ...(hasInterface(layout) ? [`interface ${layout.addresses.machineInterface} is still there`] : []),
  ];
}

/**
 * The mount points under a directory, the innermost first.
 *
 * @param mounts Text of `/proc/self/mounts`, where blanks in paths are written `\040`.
 */
export function mountsUnder(mounts: string, directory: string): string[] {
  return mounts
    .split("\n")
    .map((line) =>
      (line.split(" ")[1] ?? "").replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 8)),
      ),
    )
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();
}

/** Processes that run a program which this state directory's sandbox compiled. */
function processesOf(layout: Layout): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => programOf(pid).startsWith(join(layout.bin, "node-")));
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ""; // ended in the meantime, or of the kernel
  }
}

/** Whether the link is there and this state directory's; another's sandbox uses the same name. */
function hasInterface({ addresses, root }: Layout): boolean {
  try {
    return readFileSync(`/sys/class/net/${addresses.machineInterface}/ifalias`, "utf8").trim() === root;
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended by itself
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // somebody else uses it by now, so it is no leftover
  }
}

/** Waits a little for something that the kernel finishes by itself; what does not come is reported as a leftover. */
async function settle(done: () => boolean): Promise<void> {
  await waitFor("the kernel", 5, async () => done()).catch(() => {});
}
