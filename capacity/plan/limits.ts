/** Where a platform ends: how many orders a minute each of its parts can carry, and which one cannot first. */

import { totalResources } from "../arithmetic.ts";
import { count } from "../show/format.ts";
import type { NodePool } from "../simulation/nodes.ts";
import { mostReplicas, requestsPerSecond, type Workload } from "../simulation/workload.ts";

/** The most that one part carries. */
export interface Limit {
  /** What ends: a workload's name, or `nodes`. */
  readonly part: string;
  readonly ordersPerMinute: number;
  /** Why, in words. */
  readonly because: string;
}

/** The limits of workloads that orders cost something, and of the nodes, the lowest first. */
export function limitsOf(workloads: readonly Workload[], pool: NodePool): Limit[] {
  const loaded = workloads.filter(({ demand }) => demand.requestsPerOrder * demand.cpuSecondsPerRequest > 0);
  if (loaded.length === 0) return [];
  const limits = loaded.map((workload): Limit => {
    const { demand, cpuLimit } = workload;
    const pods = Math.min(mostReplicas(workload), workload.active ?? Number.POSITIVE_INFINITY);
    return {
      part: workload.name,
      ordersPerMinute: (60 * pods * requestsPerSecond(workload)) / demand.requestsPerOrder,
      because: `${count(pods)} ${pods === 1 ? "pod" : "pods"} of ${cpuLimit} CPU`,
    };
  });
  return [...limits, nodeLimit(loaded, pool)].sort((a, b) => a.ordersPerMinute - b.ordersPerMinute);
}

/** What the CPUs of all nodes carry, if every order's work could be spread over them evenly. */
function nodeLimit(workloads: readonly Workload[], { allocatable, max }: NodePool): Limit {
  const secondsPerOrder = totalResources(
    workloads.map(({ demand }) => demand.requestsPerOrder * demand.cpuSecondsPerRequest),
  );
  const idle = totalResources(workloads.map(({ demand, replicas }) => demand.idleCpu * replicas));
  return {
    part: "nodes",
    ordersPerMinute: (60 * Math.max(0, max * allocatable.cpu - idle)) / secondsPerOrder,
    because: `${count(max)} of ${allocatable.cpu.toFixed(1)} CPUs for pods`,
  };
}
