import type { Observation } from "../hpa/replicas.ts";
import type { Controller } from "../hpa/rules.ts";

/** Pods that were made and placed together. Times in seconds; infinite where a pod is not on a node. */
interface Group {
  readonly count: number;
  readonly placedAt: number;
  readonly runningAt: number;
  readonly readyAt: number;
}

/** Seconds that a container must have run for metrics-server to measure it for the first time. */
const SHORTEST_MEASUREMENT = 10;

/** The pods of one workload, in groups of the same age, so that ten thousand cost no more than ten. */
export class Fleet {
  readonly #pendingSeconds: number;
  readonly #startSeconds: number;
  readonly #controller: Controller;
  /** Pods that have been ready for so long that nothing about them changes any more. */
  #settled: number;
  /** The others that are on a node, oldest first. */
  #young: Group[] = [];
  #unplaced = 0;
  #ready: number;
  /** When the number of ready pods changes next. */
  #nextReady = Number.POSITIVE_INFINITY;

  /** @param settled Pods that are there from the beginning, and have been for long. */
  constructor(
    settled: number,
    { pendingSeconds, startSeconds }: { readonly pendingSeconds: number; readonly startSeconds: number },
    controller: Controller,
  ) {
    this.#settled = settled;
    this.#ready = settled;
    this.#pendingSeconds = pendingSeconds;
    this.#startSeconds = startSeconds;
    this.#controller = controller;
  }

  /** Pods, whatever state they are in. */
  get size(): number {
    return this.#young.reduce((sum, { count }) => sum + count, this.#settled + this.#unplaced);
  }

  /** Pods that no node has room for. */
  get unplaced(): number {
    return this.#unplaced;
  }

  /** Makes pods, which wait for a node. */
  add(count: number): void {
    this.#unplaced += count;
  }

  /** Puts waiting pods on a node that is there, or will be, at a time. */
  place(count: number, at: number): void {
    if (count === 0) return;
    this.#unplaced -= count;
    const runningAt = at + this.#pendingSeconds;
    const readyAt = runningAt + this.#startSeconds;
    this.#young.push({ count, placedAt: at, runningAt, readyAt });
    this.#nextReady = Math.min(this.#nextReady, readyAt);
  }

  /**
   * Deletes pods as a ReplicaSet does: first those that wait, then the youngest.
   *
   * @returns How many of them were on a node.
   */
  remove(count: number, now: number): number {
    const waiting = Math.min(count, this.#unplaced);
    this.#unplaced -= waiting;
    let left = count - waiting;
    while (left > 0) {
      const youngest = this.#young.pop();
      if (youngest === undefined) {
        this.#settled -= left;
        break;
      }
      if (youngest.count > left) this.#young.push({ ...youngest, count: youngest.count - left });
      left -= Math.min(left, youngest.count);
    }
    this.#count(now);
    return count - waiting;
  }

  /** Pods that take requests. */
  ready(now: number): number {
    if (now >= this.#nextReady) this.#count(now);
    return this.#ready;
  }

  #count(now: number): void {
    const settledBefore =
      now - this.#controller.cpuInitializationPeriod - 2 * this.#controller.metricResolution;
    const isSettled = (group: Group) => group.readyAt < settledBefore && group.placedAt < settledBefore;
    for (const group of this.#young) if (isSettled(group)) this.#settled += group.count;
    this.#young = this.#young.filter((group) => !isSettled(group));
    this.#ready = this.#settled;
    this.#nextReady = Number.POSITIVE_INFINITY;
    for (const { count, readyAt } of this.#young) {
      if (readyAt <= now) this.#ready += count;
      else this.#nextReady = Math.min(this.#nextReady, readyAt);
    }
  }

  /**
   * What the autoscaler's controller sees of the pods.
   *
   * @param measuredAt When metrics-server measured last, in seconds.
   * @param millicores Mean use of a ready pod then, in thousandths of a CPU.
   */
  observe(now: number, measuredAt: number, millicores: number): Observation {
    this.#count(now);
    let measured = this.#settled;
    let unready = this.#unplaced;
    let missing = 0;
    for (const group of this.#young) {
      const state = stateOf(group, now, measuredAt, this.#controller);
      if (state === "measured") measured += group.count;
      else if (state === "unready") unready += group.count;
      else missing += group.count;
    }
    return { replicas: this.size, measured, millicores, unready, missing };
  }
}

/** How the controller counts a pod: `groupPods`, with what metrics-server would have of it. */
function stateOf(
  { placedAt, runningAt, readyAt }: Group,
  now: number,
  measuredAt: number,
  { cpuInitializationPeriod, metricResolution }: Controller,
): "measured" | "unready" | "missing" {
  if (runningAt > now) return "unready";
  const first = Math.ceil(runningAt / metricResolution) * metricResolution;
  const age = measuredAt - runningAt;
  const isMeasured = measuredAt > first || (measuredAt === first && age >= SHORTEST_MEASUREMENT);
  if (!isMeasured) return "missing";
  if (readyAt > now) return "unready";
  if (placedAt + cpuInitializationPeriod <= now) return "measured";
  // One whole measurement has to have been made since the pod became ready.
  return measuredAt < readyAt + Math.min(age, metricResolution) ? "unready" : "measured";
}
