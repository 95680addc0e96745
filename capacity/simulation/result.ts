import { mostReplicas, type Workload } from "./workload.ts";

/** How one workload got on. */
export interface WorkloadResult {
  readonly name: string;
  readonly least: number;
  /** The most replicas that it may have. */
  readonly allowed: number;
  /** Most pods that were ready at one time. */
  readonly peakReplicas: number;
  /** Seconds that its pods were ready, added up. */
  readonly podSeconds: number;
  /** Most requests a second. */
  readonly peakLoad: number;
  /** The highest share of what its ready pods could serve that was asked of them; above 1 requests wait. */
  readonly peakUse: number;
  /** Seconds in which requests had to wait for a pod. */
  readonly saturatedSeconds: number;
  readonly requests: number;
  /** Requests whose callers gave up. */
  readonly dropped: number;
  /** When requests had to wait for the first time, in seconds; undefined: never. */
  readonly saturatedAt: number | undefined;
}

/** A line of a plot: the highest value of each of {@link SimulationResult.bucketSeconds}. */
export type Line = readonly number[];

/** What a simulation found. */
export interface SimulationResult {
  readonly seconds: number;
  readonly workloads: readonly WorkloadResult[];
  readonly orders: number;
  /** Orders that failed because at least one workload dropped what they needed. */
  readonly droppedOrders: number;
  readonly peakNodes: number;
  readonly nodeSeconds: number;
  /** Seconds in which pods would have used more CPU than all nodes have, though their requests fitted. */
  readonly contendedSeconds: number;
  /** When that was for the first time, in seconds; undefined: never. */
  readonly contendedAt: number | undefined;
  /** Seconds that a value of a line stands for. */
  readonly bucketSeconds: number;
  readonly lines: {
    readonly ordersPerMinute: Line;
    readonly droppedPerMinute: Line;
    readonly nodes: Line;
    /** Ready pods of each workload, in their order. */
    readonly replicas: readonly Line[];
  };
}

/** Values that a line has at the most. */
const MOST_VALUES = 720;

/** One workload in one second. */
interface Second {
  readonly replicas: number;
  readonly load: number;
  /** Requests a second that its ready pods can serve. */
  readonly room: number;
  readonly dropped: number;
  readonly waits: boolean;
}

/** The platform in one second. */
interface PlatformSecond {
  readonly orders: number;
  /** Orders that fail. */
  readonly lost: number;
  readonly nodes: number;
  /** Whether the nodes have less CPU than is wanted. */
  readonly contended: boolean;
}

/** Adds up what a simulation goes through. */
export class Recorder {
  readonly #workloads: readonly Workload[];
  readonly #seconds: number;
  readonly #bucket: number;
  readonly #sums: {
    least: number;
    peakReplicas: number;
    podSeconds: number;
    peakLoad: number;
    peakUse: number;
    saturatedSeconds: number;
    requests: number;
    dropped: number;
    saturatedAt: number | undefined;
  }[];
  readonly #orders: number[];
  readonly #lost: number[];
  readonly #nodes: number[];
  readonly #replicas: number[][];
  #allOrders = 0;
  #allLost = 0;
  #peakNodes = 0;
  #nodeSeconds = 0;
  #contended = 0;
  #contendedAt: number | undefined;

  constructor(workloads: readonly Workload[], seconds: number) {
    this.#workloads = workloads;
    this.#seconds = seconds;
    this.#bucket = Math.ceil(seconds / MOST_VALUES);
    const line = () => Array.from({ length: Math.ceil(seconds / this.#bucket) }, () => 0);
    this.#orders = line();
    this.#lost = line();
    this.#nodes = line();
    this.#replicas = workloads.map(line);
    this.#sums = workloads.map(() => ({
      least: Number.POSITIVE_INFINITY,
      peakReplicas: 0,
      podSeconds: 0,
      peakLoad: 0,
      peakUse: 0,
      saturatedSeconds: 0,
      requests: 0,
      dropped: 0,
      saturatedAt: undefined,
    }));
  }

  /** Takes down how a workload did in a second. */
  workload(index: number, now: number, { replicas, load, room, dropped, waits }: Second): void {
    const sum = this.#sums[index];
    if (sum === undefined) return;
    sum.least = Math.min(sum.least, replicas);
    sum.peakReplicas = Math.max(sum.peakReplicas, replicas);
    sum.podSeconds += replicas;
    sum.peakLoad = Math.max(sum.peakLoad, load);
    if (load > 0 && room > 0) sum.peakUse = Math.max(sum.peakUse, load / room);
    sum.requests += load;
    sum.dropped += dropped;
    if (waits) {
      sum.saturatedSeconds += 1;
      sum.saturatedAt ??= now;
    }
    raise(this.#replicas[index], this.#indexOf(now), replicas);
  }

  /** Takes down how the platform did in a second. */
  second(now: number, { orders, lost, nodes, contended }: PlatformSecond): void {
    this.#allOrders += orders;
    this.#allLost += lost;
    this.#nodeSeconds += nodes;
    if (contended) {
      this.#contended += 1;
      this.#contendedAt ??= now;
    }
    this.#peakNodes = Math.max(this.#peakNodes, nodes);
    const index = this.#indexOf(now);
    raise(this.#orders, index, orders * 60);
    raise(this.#lost, index, lost * 60);
    raise(this.#nodes, index, nodes);
  }

  #indexOf(now: number): number {
    return Math.floor(now / this.#bucket);
  }

  /** All that was taken down. */
  result(): SimulationResult {
    return {
      seconds: this.#seconds,
      workloads: this.#workloads.map((workload, index) => ({
        name: workload.name,
        allowed: mostReplicas(workload),
        ...(this.#sums[index] ?? raiseMissing(workload.name)),
      })),
      orders: this.#allOrders,
      droppedOrders: this.#allLost,
      peakNodes: this.#peakNodes,
      nodeSeconds: this.#nodeSeconds,
      contendedSeconds: this.#contended,
      contendedAt: this.#contendedAt,
      bucketSeconds: this.#bucket,
      lines: {
        ordersPerMinute: this.#orders,
        droppedPerMinute: this.#lost,
        nodes: this.#nodes,
        replicas: this.#replicas,
      },
    };
  }
}

function raise(line: number[] | undefined, index: number, value: number): void {
  if (line !== undefined && value > (line[index] ?? 0)) line[index] = value;
}

function raiseMissing(name: string): never {
  throw new Error(`nothing was taken down for ${name}`);
}
