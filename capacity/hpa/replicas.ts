/**
 * How many replicas the CPU use calls for, before limits and windows: `GetResourceReplicas` of the controller.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.1/pkg/controller/podautoscaler/replica_calculator.go
 */

/** What the controller sees of a workload's pods at one time. Pods that are being deleted do not count. */
export interface Observation {
  /** Replicas that the workload is to have. */
  readonly replicas: number;
  /** Pods whose measurement counts. */
  readonly measured: number;
  /** Mean CPU use of these, in thousandths of a CPU. */
  readonly millicores: number;
  /** Pods that do not run yet, are not ready yet, or have not been ready for a whole measurement. */
  readonly unready: number;
  /** Pods that run, but were not measured yet. */
  readonly missing: number;
}

/** What the CPU use is held to. */
export interface Target {
  /** Wanted use, in per cent of the request. */
  readonly cpuPercent: number;
  /** CPU request of a pod, in thousandths of a CPU. */
  readonly requestMillicores: number;
  /** Deviation upwards that is left alone, as a share. */
  readonly toleranceUp: number;
  /** Deviation downwards that is left alone, as a share. */
  readonly toleranceDown: number;
}

/**
 * The replicas that the CPU use calls for.
 *
 * @returns Undefined where no pod could be measured: nothing is changed then.
 * @example
 * // Two pods at 140 % of their target become four … with a target of 70 %: ceil(2 × 140 / 70).
 * recommendedReplicas(
 *   { replicas: 2, measured: 2, millicores: 140, unready: 0, missing: 0 },
 *   { cpuPercent: 70, requestMillicores: 100, toleranceUp: 0.1, toleranceDown: 0.1 },
 * ) // 4
 */
export function recommendedReplicas(seen: Observation, target: Target): number | undefined {
  const { replicas, measured, unready, missing } = seen;
  if (measured === 0) return undefined;
  const { cpuPercent, requestMillicores } = target;
  // Each pod's use is a whole number of thousandths, rounded up; the use of all is a whole number of per cent.
  const used = measured * Math.ceil(seen.millicores);
  const ratioOf = (usage: number, pods: number) =>
    Math.floor((usage * 100) / (pods * requestMillicores)) / cpuPercent;
  const isWithin = (ratio: number) => 1 - target.toleranceDown <= ratio && ratio <= 1 + target.toleranceUp;

  const ratio = ratioOf(used, measured);
  const countUnready = unready > 0 && ratio > 1;
  if (!countUnready && missing === 0) return isWithin(ratio) ? replicas : Math.ceil(ratio * measured);

  // Whoever is not measured is taken to use nothing where more are wanted, and all it asked for where fewer are.
  const added = (countUnready ? unready : 0) + (ratio === 1 ? 0 : missing);
  const assumed = ratio < 1 ? (missing * requestMillicores * Math.max(100, cpuPercent)) / 100 : 0;
  const pods = measured + added;
  const cautious = ratioOf(used + assumed, pods);
  const turns = (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1);
  if (isWithin(cautious) || turns) return replicas;
  const wanted = Math.ceil(cautious * pods);
  return (cautious < 1 && wanted > replicas) || (cautious > 1 && wanted < replicas) ? replicas : wanted;
}
