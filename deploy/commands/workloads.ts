import { asNumber, asObject, asObjects, asText, type KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";
import { podsOf } from "../watch/pods.ts";
import { readinessOf } from "../watch/readiness.ts";
import { formatCpu, formatMemory, quantity } from "./quantity.ts";

/** What a namespace holds at one moment. */
export interface Snapshot {
  readonly workloads: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly replicaSets: readonly KubernetesObject[];
  readonly autoscalers: readonly KubernetesObject[];
  readonly ingresses: readonly KubernetesObject[];
  /** What the metrics server says of each pod; empty where there is none. */
  readonly usages: readonly KubernetesObject[];
}

/** CPU in cores and memory in bytes. */
interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

/** How one workload does. */
export interface WorkloadStatus {
  readonly kind: string;
  readonly name: string;
  readonly state: "ready" | "settling" | "failed";
  readonly note: string;
  readonly ready: number;
  readonly desired: number;
  readonly restarts: number;
  /** Image references of its containers. */
  readonly images: readonly string[];
  /** Autoscaling in short, `cpu 12%/70% (2-4)`; empty where there is none. */
  readonly autoscaling: string;
  readonly requested: Amount;
  readonly used: Amount;
}

const sum = (amounts: readonly Amount[]): Amount => ({
  cpu: amounts.reduce((total, { cpu }) => total + cpu, 0),
  memory: amounts.reduce((total, { memory }) => total + memory, 0),
});

const amountOf = (resources: JsonObject): Amount => ({
  cpu: quantity(resources.cpu),
  memory: quantity(resources.memory),
});

/** Sums up how each workload does. Jobs that are done are left out: they are of the past. */
export function summarise(snapshot: Snapshot): WorkloadStatus[] {
  return snapshot.workloads
    .map((workload) => summariseOne(workload, snapshot))
    .filter(({ kind, state }) => kind !== "Job" || state !== "ready");
}

function summariseOne(workload: KubernetesObject, snapshot: Snapshot): WorkloadStatus {
  const spec = asObject(workload.spec);
  const status = asObject(workload.status);
  const pods = podsOf(workload, { ...snapshot, events: [] });
  const containers = pods.flatMap((pod) => asObjects(asObject(pod.status).containerStatuses));
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const usages = snapshot.usages.filter(({ metadata }) => names.has(metadata.name));
  const template = asObject(asObject(spec.template).spec);
  const { state, note } = readinessOf(workload);
  return {
    kind: workload.kind,
    name: workload.metadata.name,
    state,
    note,
    ...counts(workload.kind, spec, status),
    restarts: containers.reduce((total, { restartCount }) => total + asNumber(restartCount), 0),
    images: asObjects(template.containers).map(({ image }) => asText(image)),
    autoscaling: autoscalingOf(workload, snapshot.autoscalers),
    requested: sum(
      pods.flatMap((pod) =>
        asObjects(asObject(pod.spec).containers).map(({ resources }) =>
          amountOf(asObject(asObject(resources).requests)),
        ),
      ),
    ),
    used: sum(
      usages.flatMap((usage) => asObjects(usage.containers).map((one) => amountOf(asObject(one.usage)))),
    ),
  };
}

/** How many pods of it are as they should be, and how many there should be. */
function counts(kind: string, spec: JsonObject, status: JsonObject): { ready: number; desired: number } {
  const [ready, desired] =
    kind === "Job"
      ? [status.succeeded, spec.completions ?? 1]
      : kind === "DaemonSet"
        ? [status.numberReady, status.desiredNumberScheduled]
        : [status.readyReplicas, spec.replicas];
  return { ready: asNumber(ready), desired: asNumber(desired) };
}

function autoscalingOf(workload: KubernetesObject, autoscalers: readonly KubernetesObject[]): string {
  const autoscaler = autoscalers.find(({ spec }) => {
    const target = asObject(asObject(spec).scaleTargetRef);
    return target.kind === workload.kind && target.name === workload.metadata.name;
  });
  if (autoscaler === undefined) return "";
  const spec = asObject(autoscaler.spec);
  const current = asObjects(asObject(autoscaler.status).currentMetrics).map(({ resource }) =>
    asObject(resource),
  );
  const metrics = asObjects(spec.metrics).map((metric) => {
    const { name, target } = asObject(metric.resource);
    const now = asObject(current.find((candidate) => candidate.name === name)?.current).averageUtilization;
    return `${asText(name)} ${typeof now === "number" ? `${now}%` : "?"}/${asNumber(asObject(target).averageUtilization)}%`;
  });
  return `${metrics.join(" ")} (${asNumber(spec.minReplicas)}-${asNumber(spec.maxReplicas)})`;
}

/** The workloads and their totals as a table for people. */
export function table(workloads: readonly WorkloadStatus[]): string[] {
  const head = [
    "WORKLOAD",
    "READY",
    "RESTARTS",
    "AUTOSCALING",
    "CPU USED/ASKED",
    "MEMORY USED/ASKED",
    "IMAGE",
  ];
  const use = ({ used, requested }: Pick<WorkloadStatus, "used" | "requested">): string[] => [
    `${formatCpu(used.cpu)}/${formatCpu(requested.cpu)}`,
    `${formatMemory(used.memory)}/${formatMemory(requested.memory)}`,
  ];
  const rows = workloads.map((workload) => [
    `${workload.kind.toLowerCase()}/${workload.name}`,
    `${workload.ready}/${workload.desired}${workload.state === "ready" ? "" : ` (${workload.note})`}`,
    String(workload.restarts),
    workload.autoscaling,
    ...use(workload),
    // The registry and folder are the same for most and say little; the name and tag say what runs.
    workload.images.map((image) => image.replace(/^.*\//, "")).join(" "),
  ]);
  const restarts = workloads.reduce((total, workload) => total + workload.restarts, 0);
  const totals = {
    used: sum(workloads.map(({ used }) => used)),
    requested: sum(workloads.map(({ requested }) => requested)),
  };
  return align([head, ...rows, ["total", "", String(restarts), "", ...use(totals), ""]]);
}

/** The same for programs: CPU in cores, memory in bytes. */
export function asJson(workloads: readonly WorkloadStatus[]): object {
  return {
    workloads,
    totals: {
      requested: sum(workloads.map(({ requested }) => requested)),
      used: sum(workloads.map(({ used }) => used)),
    },
  };
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
