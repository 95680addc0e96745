/** Which cluster the program talks to, and what has to be there before it does. */

import * as pulumi from "@pulumi/pulumi";
import { Provider } from "./components/kubernetes.ts";
import { hasEngine, isUpdate } from "./engine.ts";
import { chosenPorts } from "./sandbox/ports.ts";
import { type ExistingTarget, guardProduction } from "./settings/cluster.ts";
import type { Settings } from "./settings.ts";

/**
 * How the provider changes what is there. Configuration and credentials change in place: by default a ConfigMap or
 * Secret is replaced, and with it every workload that names it, each deleted first because names are fixed. What an
 * interrupted update has made, and had no time to write down, is taken over by the next; by force, because every update
 * owns fields under a name of its own.
 */
const CHANGES = {
  enableConfigMapMutable: true,
  enableSecretMutable: true,
  upsertExistingObjects: true,
  enablePatchForce: true,
};

/**
 * The provider of the stack's cluster. In an update the sandbox is started first; a preview works without it.
 *
 * @throws {SettingsError} when the kubeconfig or the context is not there, or looks like production to another stack.
 */
export async function connectCluster(settings: Settings): Promise<Provider> {
  if (!hasEngine()) return new Provider("cluster", {});
  const { cluster } = settings;
  const address = cluster.kind === "existing" ? await existing(cluster, settings) : await sandbox();
  return new Provider("cluster", { ...CHANGES, ...address });
}

interface Address {
  readonly kubeconfig: string;
  readonly context: string;
}

async function existing(target: ExistingTarget, { environment }: Settings): Promise<Address> {
  const { findContext } = await import("./components/clusters/existing.ts");
  const { name, kubeconfig, aliases } = findContext(target.context, target.kubeconfig);
  guardProduction(environment, { context: name, others: aliases }, process.env);
  return { kubeconfig, context: name };
}

async function sandbox(): Promise<Address> {
  const { ensureSandbox, sandboxAddress } = await import("./sandbox/index.ts");
  if (isUpdate()) await ensureSandbox({ onProgress: (line) => void pulumi.log.info(line) });
  // The same in every run: to the provider, another address means another cluster, where all has to be made again.
  return sandboxAddress();
}

/** Where the platform is reached from outside; null where only the ingress controller knows. */
export function publicUrl({ cluster, ingress }: Settings): string | null {
  if (ingress.host !== undefined) {
    return `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`;
  }
  return cluster.kind === "sandbox" ? `http://127.0.0.1:${chosenPorts().http}` : null;
}
