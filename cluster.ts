/** Which cluster the program talks to, and what has to be there before it does. */

import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";
import { Provider } from "./components/kubernetes.ts";
import { hasEngine, isUpdate } from "./engine.ts";
import { chosenPorts } from "./sandbox/ports.ts";
import { type ExistingTarget, guardProduction } from "./settings/cluster.ts";
import type { Settings } from "./settings.ts";

/**
 * The provider of the stack's cluster. In an update the sandbox is started first; a preview works without it.
 *
 * @throws {SettingsError} when the kubeconfig or the context is not there, or looks like production to another stack.
 */
export async function connectCluster(settings: Settings): Promise<Provider> {
  if (!hasEngine()) return new Provider("cluster", {});
  const { cluster } = settings;
  return new Provider(
    "cluster",
    cluster.kind === "existing" ? await existing(cluster, settings) : await sandbox(),
  );
}

interface Address {
  readonly kubeconfig: pulumi.Input<string>;
  readonly context?: string;
}

async function existing(target: ExistingTarget, { environment }: Settings): Promise<Address> {
  const { findContext } = await import("./components/clusters/existing.ts");
  const { name, kubeconfig, aliases } = findContext(target.context, target.kubeconfig);
  guardProduction(environment, { context: name, others: aliases }, process.env);
  return { kubeconfig, context: name };
}

async function sandbox(): Promise<Address> {
  const { ensureSandbox, sandboxConnection } = await import("./sandbox/index.ts");
  if (isUpdate()) {
    const { kubeconfig, context } = await ensureSandbox({ onProgress: (line) => void pulumi.log.info(line) });
    return { kubeconfig, context };
  }
  // The address of a cluster that does not run yet is unknown: the preview goes without it.
  const later = pulumi.output<unknown>(unknown) as pulumi.Output<string>;
  return { kubeconfig: sandboxConnection()?.kubeconfig ?? later };
}

/** Where the platform is reached from outside; null where only the ingress controller knows. */
export function publicUrl({ cluster, ingress }: Settings): string | null {
  if (ingress.host !== undefined) {
    return `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`;
  }
  return cluster.kind === "sandbox" ? `http://127.0.0.1:${chosenPorts().http}` : null;
}
