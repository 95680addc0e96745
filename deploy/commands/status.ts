import { sandboxConnection } from "../../sandbox/index.ts";
import type { Settings } from "../../settings.ts";
import type { Arguments } from "../arguments.ts";
import { openCluster } from "../cluster.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { readSettings } from "../stack/wanted.ts";
import { urlsOf } from "../urls.ts";
import { asJson, type Snapshot, summarise, table, type WorkloadStatus } from "./workloads.ts";

/** Exit codes, so that a script need not read the text. */
const HEALTHY = 0;
const NOT_HEALTHY = 1;
const ABSENT = 3;

/**
 * Shows how a stack's platform does: replicas, restarts, versions, autoscaling, requests and use.
 *
 * @returns The exit code: 0 healthy, 1 not healthy, 3 not there.
 */
export async function status({ stack, json }: Arguments): Promise<number> {
  const { settings } = readSettings(stack, "any");
  if (settings.cluster.kind === "sandbox" && sandboxConnection() === undefined) {
    return absent(stack, "the sandbox does not run", json);
  }
  const cluster = await openCluster(settings);
  try {
    const snapshot = await takeSnapshot(cluster.objects, settings.namespace);
    const platform = summarise(snapshot);
    if (platform.length === 0) return absent(stack, `nothing is deployed in ${settings.namespace}`, json);
    const workloads = [...platform, ...(await watchers(cluster.objects, settings))];
    const urls = urlsOf(snapshot.ingresses, cluster.sandbox?.ingress.http);
    const healthy = workloads.every(({ state }) => state === "ready");
    if (json) process.stdout.write(`${JSON.stringify({ stack, healthy, urls, ...asJson(workloads) })}\n`);
    else process.stdout.write(`${[...table(workloads), "", ...urls].join("\n")}\n`);
    return healthy ? HEALTHY : NOT_HEALTHY;
  } finally {
    cluster.close();
  }
}

function absent(stack: string, why: string, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ stack, healthy: false, absent: true, why })}\n`);
  else
    process.stdout.write(
      `${stack} is not there: ${why}; bring it up with "npm run up -- --stack ${stack}"\n`,
    );
  return ABSENT;
}

/** What watches the platform, where it comes with it: a part of what the whole takes. */
async function watchers(
  objects: Objects,
  { monitoring, monitoringNamespace }: Pick<Settings, "monitoring" | "monitoringNamespace">,
): Promise<WorkloadStatus[]> {
  return monitoring.kind === "builtin" ? summarise(await takeSnapshot(objects, monitoringNamespace)) : [];
}

/** Reads what the summary needs, whichever engine deployed it. */
async function takeSnapshot(objects: Objects, namespace: string): Promise<Snapshot> {
  const [deployments, statefulSets, daemonSets, jobs, replicaSets, pods, autoscalers, ingresses, usages] =
    await Promise.all([
      objects.in(namespace, "apps/v1", "Deployment"),
      objects.in(namespace, "apps/v1", "StatefulSet"),
      objects.in(namespace, "apps/v1", "DaemonSet"),
      objects.in(namespace, "batch/v1", "Job"),
      objects.in(namespace, "apps/v1", "ReplicaSet"),
      objects.in(namespace, "v1", "Pod"),
      objects.in(namespace, "autoscaling/v2", "HorizontalPodAutoscaler"),
      objects.in(namespace, "networking.k8s.io/v1", "Ingress"),
      objects.in(namespace, "metrics.k8s.io/v1beta1", "PodMetrics"),
    ]);
  return {
    workloads: [...statefulSets, ...deployments, ...daemonSets, ...jobs],
    pods,
    replicaSets,
    autoscalers,
    ingresses,
    usages,
  };
}
