/** Brings the sandbox up, from whatever state it is in. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { addons } from "./addons/index.ts";
import {
  type BinaryPaths,
  binaries,
  binaryPaths,
  compile,
  goVersion,
  removeStaleBinaries,
} from "./build/binaries.ts";
import { ctr, loadSystemImages, systemImages } from "./build/system-images.ts";
import { run, succeeds, waitFor } from "./command.ts";
import { type SandboxConnection, sandboxConnection } from "./connection.ts";
import { stopNode } from "./down.ts";
import { SandboxError } from "./errors.ts";
import { tradestackHome } from "./home.ts";
import { makeFixedDirectories, takeBack } from "./host/leftovers.ts";
import { withLock } from "./host/lock.ts";
import { installPackages, missingPackages } from "./host/packages.ts";
import { checkAddresses, checkPort, inspectMachine, mayLowerOomScore, obstacle } from "./host/preflight.ts";
import { isNodeReady, readApi, unreadyAddons } from "./node/api.ts";
import { ensureCertificates } from "./node/certificates.ts";
import { makeCgroups } from "./node/cgroups.ts";
import { configurationFiles, configurationHash, writeFiles, writeKubectl } from "./node/configuration.ts";
import { KUBERNETES_VERSION, type Layout, layoutOf } from "./node/layout.ts";
import { nodeLastWords, nodePid, startNode } from "./node/lifecycle.ts";
import { nodeSpec } from "./node/spec.ts";
import { chosenPorts, portSettings } from "./ports.ts";
import { type Reporter, runSteps, type Step } from "./progress.ts";

/** How {@link ensureSandbox} goes about its work. */
export interface EnsureOptions extends Reporter {
  /**
   * Asked before Debian packages are installed, with their names; an answer of false ends the attempt.
   * Default: nobody is asked.
   */
  readonly confirmPackages?: (names: readonly string[]) => Promise<boolean>;
  /** Ends the attempt when aborted; the next one goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Makes sure that the sandbox runs: installs and compiles what is missing, starts the node and its add-ons, and
 * waits until all are ready. With nothing to do it takes about a second. Attempts at the same time take turns.
 *
 * @throws {SandboxError} when this machine cannot host it; the message names what is missing and what to do instead.
 * @throws {CommandError} when a program that it needs fails, with that program's words.
 * @example const sandbox = await ensureSandbox({ onProgress: console.log });
 */
export async function ensureSandbox(options: EnsureOptions): Promise<SandboxConnection> {
  const layout = layoutOf(tradestackHome());
  const onWait = () => options.onProgress("Waiting for another command that is changing the sandbox");
  return await withLock(layout.root, onWait, () => up(layout, options));
}

async function up(layout: Layout, options: EnsureOptions): Promise<SandboxConnection> {
  const ports = chosenPorts();
  const missing = missingPackages();
  const refusal = obstacle(inspectMachine(layout, missing, existsSync(layout.kubectl)));
  if (refusal !== undefined) throw new SandboxError(refusal);

  const paths = binaryPaths(layout.bin, await goVersion());
  const outdated = binaries.filter(({ name }) => !existsSync(paths[name]));
  await runSteps(
    [
      ...(missing.length === 0 ? [] : [packageStep(missing, options)]),
      ...outdated.map(
        (binary): Step => ({
          title: `Compiling ${binary.name}`,
          work: (detail) => compile(binary, paths[binary.name], detail, options.signal),
        }),
      ),
      {
        title: `Starting Kubernetes ${KUBERNETES_VERSION}`,
        work: (detail) => start(layout, paths, ports, detail),
      },
      { title: "Starting its add-ons", work: (detail) => startAddons(layout, paths, detail) },
    ],
    options,
  );
  removeStaleBinaries(layout.bin, paths);
  const connection = sandboxConnection(layout);
  if (connection === undefined) throw new SandboxError(`the node ended again: ${nodeLastWords(layout)}`);
  return connection;
}

function packageStep(missing: readonly string[], options: EnsureOptions): Step {
  return {
    title: `Installing the Debian packages ${missing.join(", ")}`,
    work: async (detail) => {
      if (options.confirmPackages !== undefined && !(await options.confirmPackages(missing))) {
        throw new SandboxError(`nothing was installed; the sandbox needs ${missing.join(", ")}`);
      }
      await installPackages(missing, detail);
    },
  };
}

/** Starts the node, or leaves it running where it was started with the same programs and settings. */
async function start(
  layout: Layout,
  paths: BinaryPaths,
  ports: { http: number; https: number },
  detail: (text: string) => void,
): Promise<void> {
  mkdirSync(layout.config, { recursive: true, mode: 0o700 });
  await ensureCertificates(layout);
  const images = systemImages(paths);
  const files = configurationFiles(layout, {
    pauseImage: images.pause,
    mayLowerOomScore: mayLowerOomScore(),
  });
  const specOf = (cgroups: readonly string[]) =>
    JSON.stringify(
      nodeSpec(layout, {
        kube: paths.kube,
        httpPort: ports.http,
        httpsPort: ports.https,
        cgroups,
        configHash: configurationHash(files),
      }),
    );
  const running = nodePid(layout) !== undefined;
  const same =
    running &&
    existsSync(layout.spec) &&
    readFileSync(layout.spec, "utf8") === specOf(makeCgroups(layout.cgroup));
  if (!same) {
    if (running) detail("ending the node of an older version");
    await stopNode(layout);
    await takeBack(layout);
    checkAddresses();
    await checkPort(ports.http, portSettings.http.variable);
    await checkPort(ports.https, portSettings.https.variable);
    makeFixedDirectories(layout);
    writeFiles(files);
    writeFileSync(layout.spec, specOf(makeCgroups(layout.cgroup)), { mode: 0o600 });
    writeKubectl(layout, paths.kube);
    startNode(layout, paths.node);
  }
  const stillStarting = async (done: Promise<boolean>) => {
    if (nodePid(layout) === undefined) throw new SandboxError(`the node ended: ${nodeLastWords(layout)}`);
    return await done;
  };
  detail("containerd");
  await waitFor("containerd", 30, () => stillStarting(isContainerdUp(layout)), logs(layout, "containerd"));
  await loadSystemImages(layout, paths, detail);
  detail("the API server");
  const isServing = async () => (await readApi(layout, "/readyz")) === "ok";
  await waitFor("the API server", 120, () => stillStarting(isServing()), logs(layout, "kube-apiserver"));
  detail("the node");
  await waitFor("the node", 60, () => stillStarting(isNodeReady(layout)), logs(layout, "kubelet"));
}

/** A socket file may be there with nobody behind it, and a client may then wait for ever. */
async function isContainerdUp(layout: Layout): Promise<boolean> {
  return existsSync(layout.containerdSocket) && (await succeeds(ctr(layout, "version"), { timeout: 5000 }));
}

const logs = (layout: Layout, name: string) => () => `; its log is ${layout.log}/${name}.log`;

async function startAddons(
  layout: Layout,
  paths: BinaryPaths,
  detail: (text: string) => void,
): Promise<void> {
  const objects = addons(layout, systemImages(paths));
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await run(
    [
      layout.kubectl,
      "apply",
      "--server-side",
      "--force-conflicts",
      "--field-manager=tradestack-sandbox",
      "-f",
      "-",
    ],
    { input, env: { KUBECONFIG: layout.kubeconfig } },
  );
  const names = objects.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name);
  let waiting = names;
  await waitFor(
    "the add-ons",
    120,
    async () => {
      waiting = [...((await unreadyAddons(layout, names)) ?? waiting)];
      detail(`waiting for ${waiting.join(", ")}`);
      return waiting.length === 0;
    },
    () => `: ${waiting.join("; ")}`,
  );
}
