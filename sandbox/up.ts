/** Brings the sandbox up, from whatever state it is in. */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { areAddonsCurrent, ensureAddons } from "./addons/ensure.ts";
import { binaries, binaryPaths, compile, goVersion, removeStaleBinaries } from "./build/binaries.ts";
import { type SandboxConnection, sandboxConnection } from "./connection.ts";
import { SandboxError } from "./errors.ts";
import { tradestackHome } from "./home.ts";
import { withLock } from "./host/lock.ts";
import { installPackages, missingPackages } from "./host/packages.ts";
import { inspectMachine, machineAddresses, obstacle } from "./host/preflight.ts";
import { freeSlot } from "./node/addresses.ts";
import { isNodeReady } from "./node/api.ts";
import { ensureNode, type NodePlan, runsAsPlanned } from "./node/ensure.ts";
import { ensureFurtherNode, isFurtherNodeCurrent, removeNode } from "./node/further.ts";
import { KUBERNETES_VERSION, type Layout, layoutOf } from "./node/layout.ts";
import { nodeLastWords } from "./node/lifecycle.ts";
import { allNodes, furtherNodes, wantNodes } from "./node/nodes.ts";
import { chosenPorts } from "./ports.ts";
import { type Reporter, runSteps, type Step } from "./progress.ts";

/** How {@link ensureSandbox} goes about its work. */
export interface EnsureOptions extends Reporter {
  /**
   * Asked before Debian packages are installed, with their names; an answer of false ends the attempt.
   * Default: nobody is asked.
   */
  readonly confirmPackages?: (names: readonly string[]) => Promise<boolean>;
  /** How many nodes there are to be, from 1 to 5. Default: as many as there are, at first one. */
  readonly nodes?: number | undefined;
  /** Ends the attempt when aborted; the next one goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Makes sure that the sandbox runs: installs and compiles what is missing, starts its nodes and add-ons, and
 * waits until all are ready. With nothing to do it takes about a second. Attempts at the same time take turns.
 *
 * @throws {SandboxError} when this machine cannot host it; the message names what is missing and what to do instead.
 * @throws {CommandError} when a program that it needs fails, with that program's words.
 * @example const sandbox = await ensureSandbox({ onProgress: console.log });
 */
export async function ensureSandbox(options: EnsureOptions): Promise<SandboxConnection> {
  const layout = layoutOf(tradestackHome());
  const onWait = () => options.onProgress("Waiting for another command that is changing the sandbox");
  return await withLock(layout.root, onWait, () => up(layout, options), options.signal);
}

async function up(layout: Layout, options: EnsureOptions): Promise<SandboxConnection> {
  const missing = missingPackages();
  const newNodes = Math.max(0, (options.nodes ?? 1) - allNodes(layout).length);
  const refusal = obstacle(inspectMachine(layout, missing, existsSync(layout.kubectl), newNodes));
  if (refusal !== undefined) throw new SandboxError(refusal);

  const paths = binaryPaths(layout.bin, await goVersion());
  const common = { paths, ports: chosenPorts(), signal: options.signal };
  chooseAddresses(layout);
  const plan: NodePlan = { ...common, layout: layoutOf(layout.home) };
  const steps: Step[] = [];
  if (missing.length > 0) {
    if ((await options.confirmPackages?.(missing)) === false) {
      throw new SandboxError(`nothing was installed; the sandbox needs ${missing.join(", ")}`);
    }
    steps.push({
      title: `Installing the Debian packages ${missing.join(", ")}`,
      work: (detail) => installPackages(missing, detail),
    });
  }
  for (const binary of binaries.filter(({ name }) => !existsSync(paths[name]))) {
    steps.push({
      title: `Compiling ${binary.name}`,
      work: (detail) => compile(binary, paths[binary.name], detail, options.signal),
    });
  }
  const isFirstStarted = steps.length > 0 || !(await isUpToDate(plan));
  if (isFirstStarted) {
    steps.push(
      { title: `Starting Kubernetes ${KUBERNETES_VERSION}`, work: (detail) => ensureNode(plan, detail) },
      { title: "Starting its add-ons", work: (detail) => ensureAddons(plan, detail) },
    );
  }
  const surplus = options.nodes === undefined ? [] : wantNodes(plan.layout, options.nodes);
  const isSurplus = (index: number) => surplus.some((node) => node.index === index);
  for (const further of furtherNodes(plan.layout).filter(({ index }) => !isSurplus(index))) {
    const own: NodePlan = { ...common, layout: further };
    if (!isFirstStarted && (await isFurtherNodeCurrent(own))) continue;
    const title = `Starting the node ${further.nodeName}`;
    steps.push({ title, work: (detail) => ensureFurtherNode(own, detail) });
  }
  for (const node of surplus) {
    steps.push({ title: `Removing the node ${node.nodeName}`, work: (detail) => removeNode(node, detail) });
  }
  await runSteps(steps, options);
  removeStaleBinaries(layout.bin, paths);
  const connection = sandboxConnection(plan.layout);
  if (connection === undefined) throw new SandboxError(`the node ended again: ${nodeLastWords(layout)}`);
  return connection;
}

/** A sandbox that was never started takes addresses that no other has on this machine, and keeps them. */
function chooseAddresses({ root, pki, slotFile }: Layout): void {
  if (existsSync(pki) || existsSync(slotFile)) return;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  writeFileSync(slotFile, String(freeSlot(machineAddresses())));
}

/** Whether the first node runs as it would be started now, and it and its add-ons are ready. */
async function isUpToDate(plan: NodePlan): Promise<boolean> {
  return runsAsPlanned(plan) && (await isNodeReady(plan.layout)) && (await areAddonsCurrent(plan));
}
