/** Which cluster the program talks to, and what has to be there before it does. */

import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";
import { Provider } from "./components/kubernetes.ts";
import { chosenPorts } from "./sandbox/ports.ts";
import { guardProduction } from "./settings/cluster.ts";
import type { Settings } from "./settings.ts";

/** Whether an engine runs the program; without one it is only rendered, and nothing outside is asked. */
const hasEngine = (): boolean => pulumi.runtime.hasEngine();

/** Whether things are really made, in contrast to a preview. */
const isUpdate = (): boolean => hasEngine() && !pulumi.runtime.isDryRun();

/**
 * The provider of the stack's cluster. In an update the sandbox is started and its images are built first; a preview
 * works without either.
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
    return new Provider("cluster", { kubeconfig: context.kubeconfig, context: context.name });
  }
  const sandbox = await import("./sandbox/index.ts");
  if (!isUpdate()) {
    // The address of a cluster that is not there yet is unknown: the preview goes without it.
    const later = pulumi.output<unknown>(unknown) as pulumi.Output<string>;
    return new Provider("cluster", { kubeconfig: sandbox.sandboxConnection()?.kubeconfig ?? later });
  }
  const onProgress = (line: string) => void pulumi.log.info(line);
  const { kubeconfig, context } = await sandbox.ensureSandbox({ onProgress });
  return new Provider("cluster", { kubeconfig, context });
}

/** Where the platform is reached from outside; null where only the ingress controller knows. */
export function publicUrl({ cluster, ingress }: Settings): string | null {
  if (ingress.host !== undefined) {
    return `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`;
  }
  return cluster.kind === "sandbox" ? `http://127.0.0.1:${chosenPorts().http}` : null;
}
