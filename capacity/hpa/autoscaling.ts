import { type Observation, recommendedReplicas } from "./replicas.ts";
import type { Autoscaler, Controller, ScalingRules } from "./rules.ts";

/** Something that happened or was wanted at a time, in seconds. */
interface Event {
  readonly at: number;
  readonly replicas: number;
}

/**
 * One HorizontalPodAutoscaler as the controller handles it: at every sync it takes a recommendation, holds it to those
 * of the stabilisation windows, and to what the policies let it change.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.1/pkg/controller/podautoscaler/horizontal.go
 */
export class Autoscaling {
  readonly #autoscaler: Autoscaler;
  readonly #controller: Controller;
  readonly #requestMillicores: number;
  #recommendations: Event[];
  #ups: Event[] = [];
  #downs: Event[] = [];

  /**
   * @param requestMillicores CPU request of a pod, in thousandths of a CPU.
   * @param replicas Replicas at the beginning, which count as recommended then.
   * @param at When that is, in seconds.
   */
  constructor(
    autoscaler: Autoscaler,
    controller: Controller,
    requestMillicores: number,
    { replicas, at }: { readonly replicas: number; readonly at: number },
  ) {
    this.#autoscaler = autoscaler;
    this.#controller = controller;
    this.#requestMillicores = requestMillicores;
    this.#recommendations = [{ at, replicas }];
  }

  /**
   * What the controller does at one sync.
   *
   * @param now Seconds, never fewer than at the sync before.
   * @returns The replicas that there are to be from now on.
   */
  sync(now: number, seen: Observation): number {
    const next = this.#decide(now, seen);
    const change = next - seen.replicas;
    if (change > 0) this.#ups = [...recent(this.#ups, now, LONGEST_PERIOD), { at: now, replicas: change }];
    if (change < 0)
      this.#downs = [...recent(this.#downs, now, LONGEST_PERIOD), { at: now, replicas: -change }];
    return next;
  }

  #decide(now: number, seen: Observation): number {
    const { minReplicas, maxReplicas, cpuPercent, behavior } = this.#autoscaler;
    const { replicas } = seen;
    if (replicas > maxReplicas) return maxReplicas;
    if (replicas < minReplicas) return minReplicas;
    const { tolerance } = this.#controller;
    const recommended = recommendedReplicas(seen, {
      cpuPercent,
      requestMillicores: this.#requestMillicores,
      toleranceUp: behavior.scaleUp.tolerance ?? tolerance,
      toleranceDown: behavior.scaleDown.tolerance ?? tolerance,
    });
    if (recommended === undefined) return replicas;
    const stable = this.#stabilise(now, replicas, recommended);
    if (stable > replicas) {
      const limit = Math.max(replicas, this.#mostAfter(now, replicas, behavior.scaleUp));
      return Math.min(stable, maxReplicas, limit);
    }
    if (stable < replicas) {
      const limit = Math.min(replicas, this.#leastAfter(now, replicas, behavior.scaleDown));
      return Math.max(stable, minReplicas, limit);
    }
    return replicas;
  }

  /** Goes up no further than the lowest recommendation of its window, and down no further than the highest of its. */
  #stabilise(now: number, replicas: number, recommended: number): number {
    const { scaleUp, scaleDown } = this.#autoscaler.behavior;
    const within = ({ stabilizationWindowSeconds }: ScalingRules) =>
      recent(this.#recommendations, now, stabilizationWindowSeconds).map((event) => event.replicas);
    const up = Math.min(recommended, ...within(scaleUp));
    const down = Math.max(recommended, ...within(scaleDown));
    const longest = Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds);
    this.#recommendations = [
      ...recent(this.#recommendations, now, longest),
      { at: now, replicas: recommended },
    ];
    return Math.min(Math.max(replicas, up), down);
  }

  #mostAfter(now: number, replicas: number, { policies, selectPolicy }: ScalingRules): number {
    if (selectPolicy === "Disabled") return replicas;
    const proposals = policies.map(({ type, value, periodSeconds }) => {
      const start = this.#replicasBefore(now, replicas, periodSeconds);
      // Rounded up, or one replica would never become two.
      return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
    });
    return selectPolicy === "Min" ? Math.min(...proposals) : Math.max(...proposals);
  }

  #leastAfter(now: number, replicas: number, { policies, selectPolicy }: ScalingRules): number {
    if (selectPolicy === "Disabled") return replicas;
    const proposals = policies.map(({ type, value, periodSeconds }) => {
      const start = this.#replicasBefore(now, replicas, periodSeconds);
      return type === "Pods" ? start - value : Math.trunc(start * (1 - value / 100));
    });
    return selectPolicy === "Min" ? Math.max(...proposals) : Math.min(...proposals);
  }

  /** How many replicas there were a period ago, as far as the autoscaler changed them. */
  #replicasBefore(now: number, replicas: number, seconds: number): number {
    const sum = (events: readonly Event[]) =>
      recent(events, now, seconds).reduce((total, event) => total + event.replicas, 0);
    return replicas - sum(this.#ups) + sum(this.#downs);
  }
}

/** The longest period that a policy may have, in seconds. */
const LONGEST_PERIOD = 1800;

/** Events that are younger than some seconds. */
const recent = (events: readonly Event[], now: number, seconds: number): Event[] =>
  events.filter(({ at }) => at > now - seconds);
