import { ensureSandbox, type SandboxConnection, sandboxConnection } from "../sandbox/index.ts";
import { guardProduction } from "../settings/cluster.ts";
import type { Settings } from "../settings.ts";
import { Api, UnreachableError } from "./kubernetes/api.ts";
import { type Cluster, ClusterError, connect, namesOf } from "./kubernetes/cluster.ts";
import { Objects } from "./kubernetes/objects.ts";
import type { Progress } from "./progress/progress.ts";
import { SCHEDULING_PATIENCE } from "./watch/troubles.ts";

/** A cluster that answers. */
export interface OpenCluster {
  readonly cluster: Cluster;
  readonly objects: Objects;
  /** The sandbox, where that is the cluster. */
  readonly sandbox: SandboxConnection | undefined;
  /** How long a pod may wait for a node there, in seconds. */
  readonly schedulingPatience: number;
  close(): void;
}

/** How the sandbox is brought up where it does not run. */
export interface EnsureOptions {
  /** Told of the steps of bringing the sandbox up. */
  readonly progress: Progress;
  /** Ends bringing it up. */
  readonly signal: AbortSignal;
  /** Asked before Debian packages are installed. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** Whether this machine knows the way to a stack's cluster; to one that a stack makes, only Pulumi's state does. */
export const isWithinReach = ({ cluster }: Settings): boolean =>
  cluster.kind === "sandbox" || cluster.kind === "existing";

/**
 * Opens the cluster that a stack is for: the sandbox, an existing one by its context, or one on EKS.
 *
 * @param ensure How to bring the sandbox up; without it, it has to run.
 * @throws {ClusterError} where it is not there. @throws {SettingsError} where it looks like production and the stack
 *   is not for it. @throws {UnreachableError} where it does not answer.
 */
export async function openCluster(settings: Settings, ensure?: EnsureOptions): Promise<OpenCluster> {
  const target = settings.cluster;
  if (target.kind === "existing") {
    const cluster = { kubectl: "kubectl", kubeconfig: target.kubeconfig, context: target.context };
    await refuseProduction(settings, cluster);
    return { ...(await reach(cluster)), sandbox: undefined, schedulingPatience: SCHEDULING_PATIENCE.cluster };
  }
  if (target.kind === "eks") {
    const { eksCluster } = await import("./kubernetes/eks.ts");
    const cluster = await eksCluster(target);
    return { ...(await reach(cluster)), sandbox: undefined, schedulingPatience: SCHEDULING_PATIENCE.cluster };
  }
  if (target.kind === "vm") {
    throw new ClusterError(
      `the cluster of stack "${settings.stack}" is reached with --engine pulumi, or with what "npm run machines" writes: ` +
        `KUBECONFIG=FOLDER/kubeconfig and --context ${target.name}`,
    );
  }
  if (target.kind !== "sandbox") {
    throw new ClusterError(
      `the way to the cluster of stack "${settings.stack}" is in Pulumi's state alone; ` +
        "use --engine pulumi, or kubectl with the stack's output kubeconfig",
    );
  }
  const sandbox = ensure === undefined ? sandboxConnection() : await bringUp(ensure);
  if (sandbox === undefined) {
    throw new ClusterError(
      `the sandbox does not run: "npm run up" starts it and deploys, and "npm run render" shows the manifests without it`,
    );
  }
  const cluster = { kubectl: sandbox.kubectl, kubeconfig: sandbox.kubeconfig, context: sandbox.context };
  return { ...(await reach(cluster)), sandbox, schedulingPatience: SCHEDULING_PATIENCE.sandbox };
}

/** Connects to a cluster and makes sure that its API server is there. */
async function reach(cluster: Cluster): Promise<Pick<OpenCluster, "cluster" | "objects" | "close">> {
  const connection = await connect(cluster);
  try {
    const api = new Api(connection);
    await api.json("GET", "/version");
    return { cluster, objects: new Objects(api), close: connection.close };
  } catch (error) {
    connection.close();
    if (!(error instanceof UnreachableError)) throw error;
    throw new ClusterError(
      `the cluster of context "${cluster.context}" does not answer (${error.message}); ` +
        `start it or mend the kubeconfig; "npm run render" shows the manifests without it`,
    );
  }
}

function bringUp({ progress, signal, confirm }: EnsureOptions): Promise<SandboxConnection> {
  return ensureSandbox({
    signal,
    onProgress: (line) => progress.say(line),
    onDetail: (text) => progress.detail(text),
    confirmPackages: (names) => confirm(`Install the Debian packages ${names.join(", ")}?`),
  });
}

/** A context may have a harmless name and still lead to production: its cluster's name and address count as well. */
async function refuseProduction(settings: Settings, cluster: Cluster): Promise<void> {
  const others = await namesOf(cluster);
  guardProduction(settings.environment, { context: cluster.context, others }, process.env);
}
