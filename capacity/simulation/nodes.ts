import { PlanError } from "../error.ts";
import type { Resources } from "./workload.ts";

/** Nodes that are alike, and how many there may be. */
export interface NodePool {
  /** What pods can have of a node, after what the node needs for itself. */
  readonly allocatable: Resources;
  /** Pods that a node may run. */
  readonly pods: number;
  readonly min: number;
  readonly max: number;
  /** Seconds from the order of a node until pods can run on it. */
  readonly startSeconds: number;
}

/** How Kubernetes' cluster autoscaler is set, if nothing is said, in seconds and shares. */
const CLUSTER_AUTOSCALER = {
  scanInterval: 10,
  scaleDownUnneededTime: 600,
  scaleDownDelayAfterAdd: 600,
  scaleDownUtilizationThreshold: 0.5,
  /** How long a node whose pods fit nowhere else is left alone. */
  unremovableRecheck: 300,
};

interface Node {
  readonly readyAt: number;
  cpu: number;
  memory: number;
  pods: number;
  /** Pods of each workload, by its index. */
  readonly counts: number[];
  /** Since when the node could be done without; undefined while it could not. */
  unneededSince: number | undefined;
}

/** Pods that are on nodes which are, or become, ready at a time. */
export interface Placed {
  readonly count: number;
  readonly at: number;
}

/**
 * The nodes under the pods: fills them one after the other, orders more where pods do not fit, and gives back those that
 * stay half empty, as the cluster autoscaler does.
 */
export class Nodes {
  readonly #pool: NodePool;
  readonly #requests: readonly Resources[];
  #nodes: Node[];
  #lastAdded = Number.NEGATIVE_INFINITY;

  /**
   * @param requests What a pod of each workload asks for.
   * @throws {PlanError} for a workload whose pods fit on no node.
   */
  constructor(pool: NodePool, requests: readonly Resources[], names: readonly string[]) {
    this.#pool = pool;
    this.#requests = requests;
    for (const [index, { cpu, memory }] of requests.entries()) {
      if (cpu <= pool.allocatable.cpu && memory <= pool.allocatable.memory) continue;
      throw new PlanError(
        `${names[index]}: a pod asks for ${cpu} CPUs and ${Math.ceil(memory / 2 ** 20)} MiB, and a node has ` +
          `${pool.allocatable.cpu} and ${Math.floor(pool.allocatable.memory / 2 ** 20)} MiB for pods; name larger nodes with --node`,
      );
    }
    this.#nodes = Array.from({ length: pool.min }, () => this.#node(Number.NEGATIVE_INFINITY));
  }

  #node(readyAt: number): Node {
    const { cpu, memory } = this.#pool.allocatable;
    const counts = this.#requests.map(() => 0);
    return { readyAt, cpu, memory, pods: this.#pool.pods, counts, unneededSince: undefined };
  }

  /** Nodes that are paid for, those on their way included. */
  get size(): number {
    return this.#nodes.length;
  }

  /** CPUs of the nodes that are there. */
  cpu(now: number): number {
    return (
      this.#nodes.reduce((sum, { readyAt }) => sum + (readyAt <= now ? 1 : 0), 0) * this.#pool.allocatable.cpu
    );
  }

  /** Places pods where there is room. */
  place(workload: number, count: number, now: number): Placed[] {
    return this.#placeOn(this.#nodes, workload, count, now);
  }

  /** Orders nodes for pods that fit on none, as far as the pool goes, and places them there. */
  order(workload: number, count: number, now: number): Placed[] {
    const placed: Placed[] = [];
    let left = count;
    while (left > 0 && this.#nodes.length < this.#pool.max) {
      const node = this.#node(now + this.#pool.startSeconds);
      this.#nodes.push(node);
      this.#lastAdded = now;
      for (const one of this.#placeOn([node], workload, left, now)) {
        placed.push(one);
        left -= one.count;
      }
    }
    return placed;
  }

  #placeOn(nodes: readonly Node[], workload: number, count: number, now: number): Placed[] {
    const placed: Placed[] = [];
    let left = count;
    for (const node of nodes) {
      if (left === 0) break;
      const fitting = Math.min(left, this.#room(node, workload));
      if (fitting === 0) continue;
      this.#occupy(node, workload, fitting);
      placed.push({ count: fitting, at: Math.max(now, node.readyAt) });
      left -= fitting;
    }
    return placed;
  }

  /** Frees what pods of a workload had, of the last nodes first. */
  release(workload: number, count: number): void {
    let left = count;
    for (let index = this.#nodes.length - 1; index >= 0 && left > 0; index -= 1) {
      const node = this.#nodes[index];
      const here = Math.min(left, node?.counts[workload] ?? 0);
      if (node === undefined || here === 0) continue;
      this.#occupy(node, workload, -here);
      left -= here;
    }
  }

  #room(node: Node, workload: number): number {
    const { cpu = 0, memory = 0 } = this.#requests[workload] ?? {};
    // A pod that asks for exactly what is left fits, whatever the rounding of the subtractions before.
    const most = (free: number, each: number) => (each === 0 ? node.pods : Math.floor(free / each + 1e-9));
    return Math.max(0, Math.min(node.pods, most(node.cpu, cpu), most(node.memory, memory)));
  }

  #occupy(node: Node, workload: number, count: number): void {
    const { cpu = 0, memory = 0 } = this.#requests[workload] ?? {};
    node.cpu -= cpu * count;
    node.memory -= memory * count;
    node.pods -= count;
    node.counts[workload] = (node.counts[workload] ?? 0) + count;
  }

  /** Whether it is time for the cluster autoscaler to look. */
  static isScan(now: number): boolean {
    return now % CLUSTER_AUTOSCALER.scanInterval === 0;
  }

  /** Gives back nodes that have not been needed for long, and moves their pods to others. */
  consolidate(now: number): void {
    const { scaleDownUnneededTime, scaleDownDelayAfterAdd, unremovableRecheck } = CLUSTER_AUTOSCALER;
    const isTime = now - this.#lastAdded >= scaleDownDelayAfterAdd;
    for (const node of [...this.#nodes].reverse()) {
      if (!this.#isHalfEmpty(node) || node.readyAt > now) {
        node.unneededSince = undefined;
        continue;
      }
      node.unneededSince ??= now;
      const isOver = isTime && now - node.unneededSince >= scaleDownUnneededTime;
      if (!isOver || this.#nodes.length <= this.#pool.min || this.#giveBack(node, now)) continue;
      node.unneededSince = now - scaleDownUnneededTime + unremovableRecheck;
    }
  }

  #isHalfEmpty({ cpu, memory }: Node): boolean {
    const { allocatable } = this.#pool;
    const use = Math.max(1 - cpu / allocatable.cpu, 1 - memory / allocatable.memory);
    return use < CLUSTER_AUTOSCALER.scaleDownUtilizationThreshold;
  }

  /** Moves a node's pods if there is room for all of them, and only then takes it away. */
  #giveBack(node: Node, now: number): boolean {
    const others = this.#nodes.filter((other) => other !== node && other.readyAt <= now);
    const moved: { readonly node: Node; readonly workload: number; readonly count: number }[] = [];
    for (const [workload, count] of node.counts.entries()) {
      let left = count;
      for (const other of others) {
        if (left === 0) break;
        const fitting = Math.min(left, this.#room(other, workload));
        if (fitting === 0) continue;
        this.#occupy(other, workload, fitting);
        moved.push({ node: other, workload, count: fitting });
        left -= fitting;
      }
      if (left === 0) continue;
      for (const back of moved) this.#occupy(back.node, back.workload, -back.count);
      return false;
    }
    this.#nodes = this.#nodes.filter((other) => other !== node);
    return true;
  }
}
