import type { KubernetesObject } from "../../deploy/manifests/manifest.ts";
import { replicasFor, resourceUse, throughputPerReplica } from "../arithmetic.ts";
import type { Controller } from "../hpa/rules.ts";
import { figure } from "../show/format.ts";
import type { SimulationResult, WorkloadResult } from "../simulation/result.ts";
import { simulate } from "../simulation/simulate.ts";
import { requestsPerSecond, type Workload } from "../simulation/workload.ts";
import type { DemandTable } from "../tables/demand.ts";
import type { Prices } from "../tables/prices.ts";
import { peakOf, type Trace } from "../traces/trace.ts";
import { type Limit, limitsOf } from "./limits.ts";
import type { PlannedNodes } from "./nodes.ts";
import { type StartTimes, type Trial, tried, workloadsOf } from "./workloads.ts";

/** What a plan is made of. */
export interface PlanInputs {
  readonly stack: string;
  /** What would be deployed. */
  readonly objects: readonly KubernetesObject[];
  readonly trace: Trace;
  readonly nodes: PlannedNodes;
  readonly prices: Prices;
  readonly demand: DemandTable;
  readonly controller: Controller;
  readonly times: StartTimes;
  readonly patienceSeconds: number;
  /** What is tried instead of what the stack says. */
  readonly trial: Trial;
  /** Share of requests that each service promises to answer, in per cent. */
  readonly objectives: ReadonlyMap<string, number>;
}

/** How a workload gets on, and what the arithmetic says of it. */
export interface PlannedWorkload extends WorkloadResult {
  /** Requests a second that one pod takes. */
  readonly perReplica: number | undefined;
  /** Requests a second of each pod at the highest load. */
  readonly throughputPerReplica: number | undefined;
  /** Pods that the highest load takes when each uses what its autoscaler aims at; undefined where it has none. */
  readonly computedReplicas: number | undefined;
  /** Share of the requests that are served, in per cent; undefined where there are none. */
  readonly availability: number | undefined;
  /** What is promised of it. */
  readonly objective: number | undefined;
}

/** What is found before anyone deploys. */
export interface Plan {
  readonly stack: string;
  readonly trace: { readonly name: string; readonly seconds: number; readonly peakOrdersPerMinute: number };
  readonly workloads: readonly PlannedWorkload[];
  readonly nodes: {
    readonly type: string;
    readonly isAssumed: boolean;
    readonly peak: number;
    readonly mean: number;
    /** Seconds in which pods would have used more CPU than all nodes have. */
    readonly contendedSeconds: number;
    /** When that was for the first time, in seconds; undefined: never. */
    readonly contendedAt: number | undefined;
  };
  readonly orders: number;
  readonly droppedOrders: number;
  readonly saturatedSeconds: number;
  readonly cost: {
    readonly currency: string;
    readonly date: string;
    readonly source: string;
    readonly total: number;
    /** At the mean of the trace, for 730 hours. */
    readonly month: number;
  };
  /** The most orders a minute that each part carries, the lowest first. */
  readonly limits: readonly Limit[];
  /** What the plan leaves out. */
  readonly notes: readonly string[];
  readonly lines: SimulationResult["lines"];
  readonly bucketSeconds: number;
}

const HOURS_A_MONTH = 730;

/**
 * Plans a stack under a load: simulates it, and adds what the arithmetic says.
 *
 * @throws {PlanError} for manifests of which no plan can be made.
 */
export function plan(inputs: PlanInputs): Plan {
  const { trace, nodes, prices, demand, controller, patienceSeconds } = inputs;
  const { workloads: described, unknown, otherMetrics } = workloadsOf(inputs.objects, demand, inputs.times);
  const workloads = described.map((workload) => tried(workload, inputs.trial));
  const result = simulate({ trace, workloads, pool: nodes.pool, controller, patienceSeconds });
  const hours = result.seconds / 3600;
  const total = (result.nodeSeconds / 3600) * nodes.type.hourly + hours * nodes.controlPlaneHourly;
  return {
    stack: inputs.stack,
    trace: { name: trace.name, seconds: result.seconds, peakOrdersPerMinute: peakOf(trace) },
    workloads: workloads.map((workload, index) => ({
      ...planned(workload, result.workloads[index]),
      objective: inputs.objectives.get(workload.name),
    })),
    nodes: {
      type: nodes.type.name,
      isAssumed: nodes.isAssumed,
      peak: result.peakNodes,
      mean: result.nodeSeconds / result.seconds,
      contendedSeconds: result.contendedSeconds,
      contendedAt: result.contendedAt,
    },
    orders: result.orders,
    droppedOrders: result.droppedOrders,
    saturatedSeconds: Math.max(0, ...result.workloads.map(({ saturatedSeconds }) => saturatedSeconds)),
    cost: {
      currency: prices.currency,
      date: prices.date,
      source: prices.source,
      total,
      month: (total / hours) * HOURS_A_MONTH,
    },
    limits: limitsOf(workloads, nodes.pool),
    notes: [
      ...elsewhere(described, demand, peakOf(trace)),
      ...(unknown.length === 0
        ? []
        : [`planned without load, because nobody said what an order costs them: ${unknown.join(", ")}`]),
      ...otherMetrics.map(
        (name) => `${name}: its autoscaler also goes by other metrics than CPU; they are not simulated`,
      ),
    ],
    lines: result.lines,
    bucketSeconds: result.bucketSeconds,
  };
}

/** What orders need, but the stack does not deploy, such as a managed database. */
function elsewhere(
  workloads: readonly Workload[],
  { workloads: demand }: DemandTable,
  peak: number,
): string[] {
  const here = new Set(workloads.map(({ name }) => name));
  return [...demand].flatMap(([name, { requestsPerOrder, cpuSecondsPerRequest }]) => {
    const cpus = (peak / 60) * requestsPerOrder * cpuSecondsPerRequest;
    if (here.has(name) || cpus === 0) return [];
    return [
      `${name}: this stack does not deploy it; wherever it is, the peak takes ${figure(cpus)} CPUs of it`,
    ];
  });
}

function planned(workload: Workload, result: WorkloadResult | undefined): Omit<PlannedWorkload, "objective"> {
  if (result === undefined) throw new Error(`${workload.name} was not simulated`);
  const { autoscaler, requests, demand, active } = workload;
  const load = result.peakLoad;
  const serving = Math.min(result.peakReplicas, active ?? result.peakReplicas);
  const atTarget = autoscaler && (requests.cpu * autoscaler.cpuPercent) / 100 - demand.idleCpu;
  const perReplica = requestsPerSecond(workload);
  return {
    ...result,
    availability:
      result.requests === 0 ? undefined : 100 * (1 - resourceUse(result.dropped, result.requests)),
    perReplica: Number.isFinite(perReplica) ? perReplica : undefined,
    throughputPerReplica: serving === 0 ? undefined : throughputPerReplica(load, serving),
    computedReplicas:
      autoscaler && atTarget !== undefined && atTarget > 0
        ? Math.max(
            autoscaler.minReplicas,
            replicasFor(0, resourceUse(demand.cpuSecondsPerRequest, atTarget), load),
          )
        : undefined,
  };
}

/** Whether every order is served. Less than half an order is a rounding error of a flow. */
export const isEnough = ({ droppedOrders }: Plan): boolean => droppedOrders < 0.5;
