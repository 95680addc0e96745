/** Starts and ends the node. */

import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { waitFor } from "../command.ts";
import { SandboxError } from "../errors.ts";
import type { Layout } from "./layout.ts";

/**
 * Process id of the running node, or undefined. The file alone is not believed: after a crash or a reboot its
 * number may be another's.
 */
export function nodePid(layout: Layout): number | undefined {
  try {
    const pid = Number(readFileSync(layout.pid, "utf8"));
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return commandLine.includes(layout.spec) && !isZombie(pid) ? pid : undefined;
  } catch {
    return undefined; // no file, or no such process
  }
}

/**
 * The first process inside of the node, by its id on the machine: what joins the node's namespaces, joins those of
 * it. Undefined where the node does not run.
 */
export function innerPid(layout: Layout): number | undefined {
  const outer = nodePid(layout);
  if (outer === undefined) return undefined;
  const threads = readdirSync(`/proc/${outer}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${outer}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.length === 0 ? undefined : Number(children[0]);
}

function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/**
 * Starts the node as `layout.spec` says, detached from this process. Returns at once; its programs need some time.
 *
 * @param program Path of the compiled `sandbox/go/node`.
 */
export function startNode(layout: Layout, program: string): void {
  rmSync(layout.run, { recursive: true, force: true });
  for (const directory of [layout.run, layout.log, layout.etcd, layout.kubelet, layout.ownPodLogs]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
  mkdirSync(layout.volumes, { recursive: true, mode: 0o711 });
  keepPreviousLogs(layout);
  const log = openSync(nodeLog(layout), "a", 0o640);
  try {
    const child = spawn(program, ["run", layout.spec], {
      detached: true,
      stdio: ["ignore", log, log],
      cwd: "/",
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    child.unref();
    if (child.pid === undefined) throw new SandboxError(`${program} could not be started; run up again`);
    writeFileSync(layout.pid, String(child.pid));
  } finally {
    closeSync(log);
  }
}

/** What the node takes to end pods and programs, plus some: sandbox/go/node gives up sooner by itself. */
const PATIENCE_SECONDS = 30;

/** Ends a node: its pods get the time to end by themselves, and whatever then remains is killed. */
export async function stopNode(layout: Layout): Promise<void> {
  const pid = nodePid(layout);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  try {
    await waitFor("the node's end", PATIENCE_SECONDS, async () => nodePid(layout) === undefined);
  } catch {
    process.kill(pid, "SIGKILL"); // and the kernel ends all that is in its namespaces
  }
}

const nodeLog = (layout: Layout): string => join(layout.log, "node.log");

/** The last words of the node's own log, for an error. */
export function nodeLastWords(layout: Layout): string {
  return existsSync(nodeLog(layout))
    ? readFileSync(nodeLog(layout), "utf8").trim().split("\n").slice(-3).join(" | ")
    : "";
}

/** Logs start anew with the node; those of the start before are kept beside. */
function keepPreviousLogs(layout: Layout): void {
  for (const name of readdirSync(layout.log).filter((entry) => entry.endsWith(".log"))) {
    renameSync(join(layout.log, name), join(layout.log, `${name}.previous`));
  }
}
