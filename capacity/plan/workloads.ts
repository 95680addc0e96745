import { parseQuantity } from "../../components/quantity.ts";
import { autoscalersAmong } from "../../deploy/manifests/autoscaler.ts";
import {
  asNumber,
  asObject,
  asObjects,
  asText,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { PlanError } from "../error.ts";
import { type Autoscaler, DEFAULT_BEHAVIOR, type ScalingPolicy, type ScalingRules } from "../hpa/rules.ts";
import type { Resources, Workload } from "../simulation/workload.ts";
import type { DemandTable } from "../tables/demand.ts";

/** How long a pod takes to start: seconds until its process runs, seconds from there until it is ready. */
export interface StartTimes {
  readonly pendingSeconds: number;
  readonly startSeconds: number;
}

/** The workloads of a stack, and what has to be said about them. */
export interface StackWorkloads {
  readonly workloads: readonly Workload[];
  /** Those of which nobody knows what an order costs; they are planned without load. */
  readonly unknown: readonly string[];
  /** Autoscalers that go by more than CPU, whose other metrics are not simulated. */
  readonly otherMetrics: readonly string[];
}

/** What is tried instead of what the stack says. */
export interface Trial {
  /** Most replicas of every autoscaler. */
  readonly maxReplicas: number | undefined;
  /** CPUs that each pod asks for which an autoscaler goes by. */
  readonly cpuRequest: number | undefined;
}

/** A workload as it would be with another bound or request; those without an autoscaler stay as they are. */
export function tried(workload: Workload, { maxReplicas, cpuRequest }: Trial): Workload {
  const { autoscaler, requests } = workload;
  if (autoscaler === undefined) return workload;
  const most = Math.max(autoscaler.minReplicas, maxReplicas ?? autoscaler.maxReplicas);
  return {
    ...workload,
    autoscaler: { ...autoscaler, maxReplicas: most },
    requests: { ...requests, cpu: cpuRequest ?? requests.cpu },
    cpuLimit: Math.max(workload.cpuLimit, cpuRequest ?? 0),
  };
}

/** Kinds of objects whose pods are there for good. */
const KINDS = ["Deployment", "StatefulSet"];

/**
 * The workloads that a stack's manifests describe: replicas, autoscalers, requests and limits are those that would be
 * deployed.
 *
 * @throws {PlanError} for a container that asks for no CPU or memory, of which no plan can be made.
 */
export function workloadsOf(
  objects: readonly KubernetesObject[],
  demand: DemandTable,
  times: StartTimes,
): StackWorkloads {
  const autoscalers = new Map(autoscalersAmong(objects).map((object) => [targetOf(object), object]));
  const owners = objects.filter(({ kind }) => KINDS.includes(kind));
  const workloads = owners.map((owner): Workload => {
    const { name } = owner.metadata;
    const autoscaler = autoscalers.get(`${owner.kind}/${name}`);
    const known = demand.workloads.get(name);
    const containers = containersOf(owner);
    return {
      name,
      replicas: asNumber(asObject(owner.spec).replicas ?? 1),
      autoscaler: autoscaler && autoscalerOf(autoscaler),
      requests: requestsOf(containers, name),
      cpuLimit: cpuLimitOf(containers),
      active: known?.active,
      demand: known ?? { requestsPerOrder: 0, cpuSecondsPerRequest: 0, idleCpu: 0 },
      ...times,
    };
  });
  return {
    workloads,
    unknown: workloads.map(({ name }) => name).filter((name) => !demand.workloads.has(name)),
    otherMetrics: [...autoscalers.values()]
      .filter((object) => metricsOf(object).some((metric) => !isCpu(metric)))
      .map(({ metadata }) => metadata.name),
  };
}

const podOf = (owner: KubernetesObject): JsonObject => asObject(asObject(asObject(owner.spec).template).spec);

/** Containers that run beside each other; those that end before count for no time that matters here. */
const containersOf = (owner: KubernetesObject): JsonObject[] => [
  ...asObjects(podOf(owner).containers),
  ...asObjects(podOf(owner).initContainers).filter(({ restartPolicy }) => restartPolicy === "Always"),
];

function requestsOf(containers: readonly JsonObject[], name: string): Resources {
  const sum = (resource: string) =>
    containers.reduce((total, container) => {
      const text = asText(asObject(asObject(container.resources).requests)[resource]);
      const quantity = parseQuantity(text);
      if (quantity !== undefined) return total + quantity;
      throw new PlanError(
        `${name}, container ${asText(container.name)}: it requests ${text === "" ? "no" : text} ${resource}; say how much it needs`,
      );
    }, 0);
  return { cpu: sum("cpu"), memory: sum("memory") };
}

/** The limit of the container that has the most, which is the one that does the work. */
const cpuLimitOf = (containers: readonly JsonObject[]): number =>
  Math.max(
    ...containers.map((container) => {
      const { cpu } = asObject(asObject(container.resources).limits);
      return parseQuantity(asText(cpu)) ?? Number.POSITIVE_INFINITY;
    }),
  );

function targetOf({ spec }: KubernetesObject): string {
  const { kind, name } = asObject(asObject(spec).scaleTargetRef);
  return `${asText(kind)}/${asText(name)}`;
}

const metricsOf = ({ spec }: KubernetesObject): JsonObject[] => asObjects(asObject(spec).metrics);
/** Whether a metric is CPU in per cent of the request, which is what is simulated. */
const isCpu = ({ resource }: JsonObject): boolean =>
  asText(asObject(resource).name) === "cpu" &&
  asNumber(asObject(asObject(resource).target).averageUtilization) > 0;

function autoscalerOf(object: KubernetesObject): Autoscaler | undefined {
  const { minReplicas, maxReplicas, behavior } = asObject(object.spec);
  const cpu = metricsOf(object).find(isCpu);
  if (cpu === undefined) return undefined;
  const { scaleUp, scaleDown } = asObject(behavior);
  return {
    minReplicas: asNumber(minReplicas ?? 1),
    maxReplicas: asNumber(maxReplicas),
    cpuPercent: asNumber(asObject(asObject(cpu.resource).target).averageUtilization),
    behavior: {
      scaleUp: rulesOf(asObject(scaleUp), DEFAULT_BEHAVIOR.scaleUp),
      scaleDown: rulesOf(asObject(scaleDown), DEFAULT_BEHAVIOR.scaleDown),
    },
  };
}

function rulesOf(rules: JsonObject, standard: ScalingRules): ScalingRules {
  const { stabilizationWindowSeconds, selectPolicy, policies, tolerance } = rules;
  return {
    stabilizationWindowSeconds: asNumber(stabilizationWindowSeconds ?? standard.stabilizationWindowSeconds),
    selectPolicy: selectPolicy === "Min" || selectPolicy === "Disabled" ? selectPolicy : "Max",
    policies: policies === undefined ? standard.policies : asObjects(policies).map(policyOf),
    tolerance: parseQuantity(asText(tolerance)),
  };
}

const policyOf = ({ type, value, periodSeconds }: JsonObject): ScalingPolicy => ({
  type: type === "Pods" ? "Pods" : "Percent",
  value: asNumber(value),
  periodSeconds: asNumber(periodSeconds),
});
