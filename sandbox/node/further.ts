/** The nodes beside the first one: adding, removing and killing them. */

import { readFileSync, rmSync } from "node:fs";
import { CommandError, run, waitFor } from "../command.ts";
import { SandboxError } from "../errors.ts";
import { clearCgroup } from "../host/leftovers.ts";
import { copyImages } from "../images/copy.ts";
import { hasImages, isNodeReady, LOADING_TAINT } from "./api.ts";
import { makeCgroups } from "./cgroups.ts";
import { ensureNode, type NodePlan, runsAsPlanned } from "./ensure.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { nodePid, startNode, stopNode } from "./lifecycle.ts";
import type { NodeSpec } from "./spec.ts";

/** Seconds that the pods of a node that is removed may take to move to others. */
const DRAIN_SECONDS = 180;
/** Seconds that a node may take to be ready again. */
const READY_SECONDS = 60;

const kubectl = (layout: Layout, ...args: string[]): Promise<string> =>
  run([layout.kubectl, `--kubeconfig=${layout.kubeconfig}`, ...args]);

/** Whether a further node runs as it would be started now, is ready, and has the images that its pods need. */
export async function isFurtherNodeCurrent(plan: NodePlan): Promise<boolean> {
  return runsAsPlanned(plan) && (await isNodeReady(plan.layout)) && (await hasImages(plan.layout));
}

/**
 * Makes sure that a further node runs, has the images of the first, and takes pods.
 *
 * @param detail Takes what is waited for.
 * @throws as {@link ensureNode}.
 */
export async function ensureFurtherNode(plan: NodePlan, detail: (text: string) => void): Promise<void> {
  const { layout, signal } = plan;
  await ensureNode(plan, detail);
  detail("loading images");
  await copyImages(layout.home, layoutOf(layout.home).containerdSocket, layout.containerdSocket, signal);
  if (!(await hasImages(layout)))
    await kubectl(layout, "taint", "node", layout.nodeName, `${LOADING_TAINT}-`);
}

/**
 * Removes a node: its pods move to others, and what it kept for itself is deleted.
 *
 * @param detail Takes what is waited for.
 * @throws {SandboxError} when its pods do not move; it then takes pods again.
 */
export async function removeNode(layout: Layout, detail: (text: string) => void): Promise<void> {
  const name = layout.nodeName;
  if (nodePid(layout) !== undefined) {
    detail("waiting for its pods to move");
    await drain(layout);
  }
  await stopNode(layout);
  await clearCgroup(layout);
  await kubectl(layout, "delete", "node", name, "--ignore-not-found");
  for (const kubelet of [layout.kubeletClient, layout.kubeletServing]) {
    for (const path of [
      layout.certificate(kubelet),
      layout.key(kubelet),
      layout.componentKubeconfig(kubelet),
    ]) {
      rmSync(path, { force: true });
    }
  }
  rmSync(layout.own, { recursive: true, force: true });
}

async function drain(layout: Layout): Promise<void> {
  const name = layout.nodeName;
  const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", `--timeout=${DRAIN_SECONDS}s`];
  const command = [layout.kubectl, `--kubeconfig=${layout.kubeconfig}`, "drain", name, ...flags];
  const said: string[] = [];
  try {
    await run(command, { onLine: (line) => said.push(line) });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await kubectl(layout, "uncordon", name);
    const why = refusedEvictions(said).join("; ") || error.message;
    throw new SandboxError(
      `node ${name} stays, as not all of its pods went within ${DRAIN_SECONDS} s: ${why}`,
    );
  }
}

/**
 * Which pods a drain could not move, and why, each once: kubectl tells it again and again while it tries.
 *
 * @param lines What kubectl said.
 * @example refusedEvictions(lines) // ["pod shop/cart-1: Cannot evict pod as it would violate the pod's disruption budget"]
 */
export function refusedEvictions(lines: readonly string[]): string[] {
  const told = lines.flatMap((line) => {
    const [, pod, namespace, reason] =
      /^error when evicting pods\/"([^"]+)" -n "([^"]+)" \(will retry[^)]*\): (.*?)\.?$/.exec(line) ?? [];
    return pod === undefined ? [] : [`pod ${namespace}/${pod}: ${reason}`];
  });
  return [...new Set(told)];
}

/**
 * Ends a node as a power cut does: nothing in it is told. The kernel takes back its processes, mounts and links.
 *
 * @throws {SandboxError} when it does not run.
 */
export function killNode(layout: Layout): void {
  const pid = nodePid(layout);
  if (pid === undefined) throw new SandboxError(`node ${layout.nodeName} does not run`);
  process.kill(pid, "SIGKILL");
}

/**
 * Starts a node again with the programs and settings that it last had, unless it runs, and waits until it is ready.
 *
 * @throws {CommandError} when it does not become ready.
 */
export async function restartNode(layout: Layout): Promise<void> {
  if (nodePid(layout) === undefined) {
    const { program }: NodeSpec = JSON.parse(readFileSync(layout.spec, "utf8"));
    await clearCgroup(layout);
    makeCgroups(layout.cgroup);
    startNode(layout, program);
  }
  await waitFor(`the node ${layout.nodeName}`, READY_SECONDS, () => isNodeReady(layout), {
    detail: () => `; its logs are in ${layout.log}`,
  });
}
