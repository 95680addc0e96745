/** Makes sure that the node runs, with these programs and these settings. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { BinaryPaths } from "../build/binaries.ts";
import { ctr, loadSystemImages, systemImages } from "../build/system-images.ts";
import { succeeds, waitFor } from "../command.ts";
import { SandboxError } from "../errors.ts";
import { makeFixedDirectories, takeBack } from "../host/leftovers.ts";
import { checkAddresses, checkPort, mayLowerOomScore } from "../host/preflight.ts";
import { portSettings } from "../ports.ts";
import { isNodeReady, readApi } from "./api.ts";
import { ensureCertificates } from "./certificates.ts";
import { makeCgroups, nodeCgroups } from "./cgroups.ts";
import { configurationFiles, configurationHash, writeFiles, writeKubectl } from "./configuration.ts";
import type { Layout } from "./layout.ts";
import { nodeLastWords, nodePid, startNode, stopNode } from "./lifecycle.ts";
import { nodeSpec } from "./spec.ts";

/** What is to run. */
export interface NodePlan {
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
  return readFileSync(layout.spec, "utf8") === renderSpec(plan);
}

/**
 * Starts the node, or starts it again where it runs with other programs or settings, and waits until it is ready.
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
  const { layout, paths, ports } = plan;
  if (nodePid(layout) !== undefined) detail("ending the node of other programs or settings");
  await stopNode(layout);
  await takeBack(layout);
  checkAddresses();
  await checkPort(ports.http, portSettings.http.variable);
  await checkPort(ports.https, portSettings.https.variable);
  mkdirSync(layout.config, { recursive: true, mode: 0o700 });
  await ensureCertificates(layout);
  makeFixedDirectories(layout);
  makeCgroups(layout.cgroup);
  writeFiles(filesOf(plan));
  writeFileSync(layout.spec, renderSpec(plan), { mode: 0o600 });
  writeKubectl(layout, paths.kube);
  startNode(layout, paths.node);
}

const filesOf = ({ layout, paths }: NodePlan): Map<string, string> =>
  configurationFiles(layout, {
    pauseImage: systemImages(paths).pause,
    mayLowerOomScore: mayLowerOomScore(),
  });

const renderSpec = (plan: NodePlan): string =>
  JSON.stringify(
    nodeSpec(plan.layout, {
      program: plan.paths.node,
      kube: plan.paths.kube,
      networkPolicyPlugin: plan.paths["network-policy-cni"],
      httpPort: plan.ports.http,
      httpsPort: plan.ports.https,
      cgroups: nodeCgroups(plan.layout.cgroup),
      configHash: configurationHash(filesOf(plan)),
    }),
  );

/** A socket file may be there with nobody behind it, and a client may then wait for ever. */
async function isContainerdUp(layout: Layout): Promise<boolean> {
  return existsSync(layout.containerdSocket) && (await succeeds(ctr(layout, "version"), { timeout: 5000 }));
}
