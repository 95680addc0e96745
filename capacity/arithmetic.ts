/**
 * The arithmetic of capacity. Each function is pure, says its units, and refuses what cannot be: negative numbers, NaN,
 * an empty sum, an objective of 100 %.
 *
 * @see https://sre.google/sre-book/embracing-risk/ for error budgets
 */

import { numberIn, PlanError } from "./error.ts";

/** What rounding errors of floating-point numbers may come to, relative to the number. */
const EPSILON = 1e-9;

/** Rounds up to whole replicas or nodes, but not 3.0000000000000004 to 4. */
const roundUp = (number: number): number => Math.ceil(number - Math.abs(number) * EPSILON);

/**
 * Throughput of one replica: P = T / N.
 *
 * @param throughput T: what all replicas do, in requests per second.
 * @param replicas N: how many there are.
 * @returns P, in requests per second and replica.
 * @throws {PlanError} unless T ≥ 0 and N > 0.
 * @example throughputPerReplica(600, 4) // 150
 */
export function throughputPerReplica(throughput: number, replicas: number): number {
  return numberIn("throughput", throughput) / numberIn("replicas", replicas, { above: 0 });
}

/**
 * Mean latency of a request: L = T / N.
 *
 * @param seconds T: the time that all requests took together, in seconds.
 * @param requests N: how many there were.
 * @returns L, in seconds a request.
 * @throws {PlanError} unless T ≥ 0 and N > 0.
 * @example latencyPerRequest(12, 400) // 0.03
 */
export function latencyPerRequest(seconds: number, requests: number): number {
  return numberIn("seconds", seconds) / numberIn("requests", requests, { above: 0 });
}

/**
 * Use of a resource: R = M / C.
 *
 * @param measured M: what is used, such as CPUs or bytes.
 * @param capacity C: what there is, in the same unit.
 * @returns R; 1 is all of it, and what is above 1 waits.
 * @throws {PlanError} unless M ≥ 0 and C > 0.
 * @example resourceUse(0.6, 0.8) // 0.75
 */
export function resourceUse(measured: number, capacity: number): number {
  return numberIn("measured use", measured) / numberIn("capacity", capacity, { above: 0 });
}

/**
 * Resources of all parts: R = Σ rᵢ.
 *
 * @param parts What each part needs, in one unit.
 * @returns R, in the same unit.
 * @throws {PlanError} for no parts, or one that is negative.
 * @example totalResources([0.25, 0.5]) // 0.75
 */
export function totalResources(parts: readonly number[]): number {
  if (parts.length === 0)
    throw new PlanError("resources: there is nothing to add up; name at least one part");
  return parts.reduce((sum, part, index) => sum + numberIn(`resources[${index}]`, part), 0);
}

/**
 * Replicas that a load needs: replicas = base + factor × load, rounded up.
 *
 * @param base Replicas that are there without any load.
 * @param factor Replicas that a unit of load takes, such as 1 / P for requests per second.
 * @param load The load, in the unit that the factor is for.
 * @returns Whole replicas.
 * @throws {PlanError} unless all are ≥ 0.
 * @example replicasFor(2, 1 / 150, 600) // 6
 */
export function replicasFor(base: number, factor: number, load: number): number {
  return roundUp(numberIn("base", base) + numberIn("factor", factor) * numberIn("load", load));
}

/**
 * Nodes that follow the load: N = N₀ + α (T − T₀) / T₀, rounded up, never fewer than none.
 *
 * @param nodes N₀: nodes at the reference load.
 * @param elasticity α: nodes that are added when the load doubles; N₀ where nodes grow as the load does.
 * @param throughput T: the load to be planned for.
 * @param reference T₀: the load that N₀ was seen to be enough for, in the same unit.
 * @returns Whole nodes.
 * @throws {PlanError} unless N₀, α and T are ≥ 0 and T₀ > 0.
 * @example elasticNodes(3, 3, 2_000, 1_000) // 6
 */
export function elasticNodes(
  nodes: number,
  elasticity: number,
  throughput: number,
  reference: number,
): number {
  const base = numberIn("nodes", nodes);
  const alpha = numberIn("elasticity", elasticity);
  const more = numberIn("throughput", throughput) / numberIn("reference", reference, { above: 0 }) - 1;
  return Math.max(0, roundUp(base + alpha * more));
}

/**
 * Time until a failed part works again: recovery = detection + restart.
 *
 * @param detection Seconds until the failure is noticed, such as a probe's period × its failure threshold.
 * @param restart Seconds until what replaces the part is ready.
 * @returns Seconds.
 * @throws {PlanError} unless both are ≥ 0.
 * @example recoverySeconds(10, 4) // 14
 */
export function recoverySeconds(detection: number, restart: number): number {
  return numberIn("detection", detection) + numberIn("restart", restart);
}

/** Days that an objective is for, if nothing else is said. */
export const OBJECTIVE_DAYS = 30;

/**
 * Time that an availability objective leaves for failures: its error budget.
 *
 * @param percent The objective, in per cent, above 0 and below 100.
 * @param days Days that it is for. Default: 30.
 * @returns Seconds.
 * @throws {PlanError} for an objective of 100 %, which no service can keep, and other impossible ones.
 * @example errorBudgetSeconds(99.9) // 2592
 */
export function errorBudgetSeconds(percent: number, days: number = OBJECTIVE_DAYS): number {
  const objective = numberIn("objective", percent, { above: 0 });
  if (objective >= 100) {
    throw new PlanError(
      `objective: ${objective} % leaves no time for any failure; promise less, such as 99.99 %`,
    );
  }
  return ((100 - objective) / 100) * numberIn("days", days, { above: 0 }) * 86_400;
}
