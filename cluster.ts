/** Which cluster the program talks to, and what has to be there before it does. */

import * as pulumi from "@pulumi/pulumi";
import { Provider } from "./components/kubernetes.ts";
import { chosenPorts } from "./sandbox/ports.ts";
import { guardProduction } from "./settings/cluster.ts";
import type { Settings } from "./settings.ts";

/**
 * Configuration and credentials change in place. By default the provider replaces a ConfigMap or Secret, and with it
 * every workload that names it: each would be deleted first, because names are fixed.
 */
const CHANGED_IN_PLACE = { enableConfigMapMutable: true, enableSecretMutable: true };

/** Whether an engine runs the program; without one it is only rendered, and nothing outside is asked. */
const hasEngine = (): boolean => pulumi.runtime.hasEngine();

/** Whether things are really made, in contrast to a preview or a rendering. */
export const isUpdate = (): boolean => hasEngine() && !pulumi.runtime.isDryRun();

/**
 * The provider of the stack's cluster. In an update the sandbox is started first; a preview works without it.
 *
 * @throws {SettingsError} when the kubeconfig or the context is not there, or looks like production to another stack.
 */
export async function connectCluster(settings: Settings): Promise<Provider> {
  if (!hasEngine()) return new Provider("cluster", {});
  const { cluster, environment } = settings;
  if (cluster.kind === "existing") {
    const { findContext } = await import("./components/clusters/existing.ts");
    const context = findContext(cluster.context, cluster.kubeconfig);
    guardProduction(environment, { context: context.name, others: context.aliases }, process.env);
    return new Provider("cluster", {
      ...CHANGED_IN_PLACE,
      kubeconfig: context.kubeconfig,
      context: context.name,
    });
  }
  const { ensureSandbox, sandboxAddress } = await import("./sandbox/index.ts");
  if (isUpdate()) await ensureSandbox({ onProgress: (line) => void pulumi.log.info(line) });
  // The same in every run: to the provider, another address means another cluster, where all has to be made again.
  return new Provider("cluster", { ...CHANGED_IN_PLACE, ...sandboxAddress() });
}

/** Where the platform is reached from outside; null where only the ingress controller knows. */
export function publicUrl({ cluster, ingress }: Settings): string | null {
  if (ingress.host !== undefined) {
    return `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`;
  }
  return cluster.kind === "sandbox" ? `http://127.0.0.1:${chosenPorts().http}` : null;
}
