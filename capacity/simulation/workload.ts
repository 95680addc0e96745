import type { Autoscaler } from "../hpa/rules.ts";

/** What a pod asks a node for, or what a node has. */
export interface Resources {
  /** CPUs. */
  readonly cpu: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/** What an order costs a workload, wherever that was measured. */
export interface Demand {
  /** Requests, or statements or messages, that come with an order. */
  readonly requestsPerOrder: number;
  /** CPU-seconds that a request takes. */
  readonly cpuSecondsPerRequest: number;
  /** CPUs that a pod uses without any request. */
  readonly idleCpu: number;
}

/** Pods that are alike and share a load: those of a service, or of a store. */
export interface Workload {
  readonly name: string;
  /** Replicas where no autoscaler owns their number. */
  readonly replicas: number;
  readonly autoscaler: Autoscaler | undefined;
  /** What a pod asks for. */
  readonly requests: Resources;
  /** CPUs that a pod may use at the most; more requests than that allows wait. */
  readonly cpuLimit: number;
  /** Pods that take the load; the others stand by, as a store's replicas do. Default: all. */
  readonly active?: number | undefined;
  readonly demand: Demand;
  /** Seconds from a pod's placing on a node to its process: images, what has to run first. */
  readonly pendingSeconds: number;
  /** Seconds from there until it is ready. */
  readonly startSeconds: number;
}

/** Requests a second that a pod takes at its CPU limit; none bound where a request costs nothing. */
export function requestsPerSecond({ cpuLimit, demand }: Workload): number {
  return demand.cpuSecondsPerRequest === 0
    ? Number.POSITIVE_INFINITY
    : Math.max(0, cpuLimit - demand.idleCpu) / demand.cpuSecondsPerRequest;
}

/** The most pods that a workload may have. */
export const mostReplicas = ({ autoscaler, replicas }: Workload): number =>
  autoscaler?.maxReplicas ?? replicas;
