/** Makes sure that the node runs, with these programs and these settings. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { BinaryPaths } from "../build/binaries.ts";
import { ctr, loadSystemImages, systemImages } from "../build/system-images.ts";
import { succeeds, waitFor } from "../command.ts";
import { SandboxError } from "../errors.ts";
import { clearCgroup, makeFixedDirectories, takeBack } from "../host/leftovers.ts";
import { checkAddresses, checkPort, mayLowerOomScore } from "../host/preflight.ts";
import { portSettings } from "../ports.ts";
import { isNodeReady, readApi } from "./api.ts";
import { ensureCertificates, ensureNodeCertificates } from "./certificates.ts";
import { makeCgroups, nodeCgroups } from "./cgroups.ts";
import { configurationFiles, configurationHash, writeFiles, writeKubectl } from "./configuration.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { innerPid, nodeLastWords, nodePid, startNode, stopNode } from "./lifecycle.ts";
import { allNodes } from "./nodes.ts";
import { firstNodeSpec, furtherNodeSpec } from "./spec.ts";

/** What is to run. */
export interface NodePlan {
  /** Which node, and where it is. */
  readonly layout: Layout;
  readonly paths: BinaryPaths;
  /** Ports of the machine's loopback for the ingress. */
  readonly ports: { readonly http: number; readonly https: number };
  /** Ends the waiting when aborted. */
  readonly signal: AbortSignal | undefined;
}

/** Whether a node runs that was started with the same programs and settings. */
export function runsAsPlanned(plan: NodePlan): boolean {
  const { layout } = plan;
  if (nodePid(layout) === undefined || !existsSync(layout.spec)) return false;
  if (nodePid(layoutOf(layout.home)) === undefined) return false;
  return readFileSync(layout.spec, "utf8") === renderSpec(plan);
}

/**
 * Starts a node, or starts it again where it runs with other programs or settings, and waits until it is ready. With
 * the first node, the others end.
 *
 * @param detail Takes what is waited for.
 * @throws {SandboxError} when a port or an address is taken, or the node ends.
 * @throws {CommandError} when a part of it does not become ready; the message names its log.
 */
export async function ensureNode(plan: NodePlan, detail: (text: string) => void): Promise<void> {
  const { layout, paths, signal } = plan;
  if (!runsAsPlanned(plan)) await startAnew(plan, detail);

  const wait = async (what: string, seconds: number, log: string, isThere: () => Promise<boolean>) => {
    detail(`waiting for ${what}`);
    const ask = async () => {
      if (nodePid(layout) === undefined) throw new SandboxError(`the node ended: ${nodeLastWords(layout)}`);
      return await isThere();
    };
    await waitFor(what, seconds, ask, { detail: () => `; its log is ${layout.log}/${log}.log`, signal });
  };
  await wait("containerd", 30, "containerd", () => isContainerdUp(layout));
  await loadSystemImages(layout, paths, detail);
  const isServing = async () => (await readApi(layout, "/readyz")) === "ok";
  await wait("the API server", 120, "kube-apiserver", isServing);
  await wait("the node", 60, "kubelet", () => isNodeReady(layout));
}

async function startAnew(plan: NodePlan, detail: (text: string) => void): Promise<void> {
  const { layout, paths } = plan;
  if (nodePid(layout) !== undefined) detail("ending the node of other programs or settings");
  if (layout.index === 1) await makeRoomOnMachine(plan);
  else {
    await stopNode(layout);
    await clearCgroup(layout);
  }
  mkdirSync(layout.config, { recursive: true, mode: 0o700 });
  await ensureNodeCertificates(layout);
  makeCgroups(layout.cgroup);
  writeFiles(filesOf(plan));
  writeFileSync(layout.spec, renderSpec(plan), { mode: 0o600 });
  startNode(layout, paths.node);
}

/** What comes before the first node, and serves all. */
async function makeRoomOnMachine({ layout, paths, ports }: NodePlan): Promise<void> {
  await Promise.all(allNodes(layout).map(stopNode));
  await takeBack(layout);
  checkAddresses(layout);
  await checkPort(ports.http, portSettings.http.variable);
  await checkPort(ports.https, portSettings.https.variable);
  await ensureCertificates(layout);
  makeFixedDirectories(layout);
  writeKubectl(layout, paths.kube);
}

const filesOf = ({ layout, paths }: NodePlan): Map<string, string> =>
  configurationFiles(layout, {
    pauseImage: systemImages(paths).pause,
    mayLowerOomScore: mayLowerOomScore(),
  });

function renderSpec(plan: NodePlan): string {
  const { layout, paths, ports } = plan;
  const options = {
    program: paths.node,
    kube: paths.kube,
    networkPolicyPlugin: paths["network-policy-cni"],
    cgroups: nodeCgroups(layout.cgroup),
    configHash: configurationHash(filesOf(plan)),
  };
  if (layout.index === 1) return JSON.stringify(firstNodeSpec(layout, options, ports));
  const first = innerPid(layoutOf(layout.home));
  if (first === undefined) throw new SandboxError("the first node ended; run up again");
  return JSON.stringify(furtherNodeSpec(layout, options, first));
}

/** A socket file may be there with nobody behind it, and a client may then wait for ever. */
async function isContainerdUp(layout: Layout): Promise<boolean> {
  return existsSync(layout.containerdSocket) && (await succeeds(ctr(layout, "version"), { timeout: 5000 }));
}
