import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_BEHAVIOR, DEFAULT_CONTROLLER } from "../hpa/rules.ts";
import { shapedTrace } from "../traces/shapes.ts";
import { traceOf } from "../traces/trace.ts";
import type { NodePool } from "./nodes.ts";
import type { WorkloadResult } from "./result.ts";
import { type Scenario, simulate, steadyReplicas } from "./simulate.ts";
import type { Workload } from "./workload.ts";

const GIB = 2 ** 30;
/** Ten requests a second and CPU. */
const workload = (changes: Partial<Workload> = {}): Workload => ({
  name: "order",
  replicas: 1,
  autoscaler: { minReplicas: 2, maxReplicas: 20, cpuPercent: 70, behavior: DEFAULT_BEHAVIOR },
  requests: { cpu: 0.5, memory: GIB / 4 },
  cpuLimit: 1,
  demand: { requestsPerOrder: 1, cpuSecondsPerRequest: 0.1, idleCpu: 0 },
  pendingSeconds: 3,
  startSeconds: 2,
  ...changes,
});
const pool = (changes: Partial<NodePool> = {}): NodePool => ({
  allocatable: { cpu: 4, memory: 16 * GIB },
  pods: 58,
  min: 1,
  max: 100,
  startSeconds: 90,
  ...changes,
});
const flat = (ordersPerMinute: number, seconds = 600) =>
  traceOf("flat", [
    { second: 0, ordersPerMinute },
    { second: seconds, ordersPerMinute },
  ]);
const run = (changes: Partial<Scenario> = {}) =>
  simulate({
    trace: flat(600),
    workloads: [workload()],
    pool: pool(),
    controller: DEFAULT_CONTROLLER,
    patienceSeconds: 2,
    ...changes,
  });
const only = (result: { readonly workloads: readonly WorkloadResult[] }): WorkloadResult => {
  const [first] = result.workloads;
  if (first === undefined) throw new Error("nothing was simulated");
  return first;
};

test("a steady load is served by the replicas that the arithmetic says, without any change", () => {
  const steady = only(run());
  expect(steadyReplicas(workload(), 10)).toBe(3);
  expect(steady).toMatchObject({ least: 3, peakReplicas: 3, dropped: 0, saturatedSeconds: 0 });
  expect(steady.requests).toBeCloseTo(6000);
});

test("nothing is asked for: the fewest replicas, the fewest nodes, nothing lost", () => {
  const quiet = run({ trace: flat(0) });
  expect(only(quiet)).toMatchObject({ least: 2, peakReplicas: 2, dropped: 0, peakUse: 0 });
  expect(quiet).toMatchObject({ orders: 0, droppedOrders: 0, peakNodes: 1, nodeSeconds: 600 });
});

test("what no pod can serve in time is lost, and no more than that", () => {
  const fixed = run({ workloads: [workload({ autoscaler: undefined, replicas: 1 })], trace: flat(720) });
  // Twelve a second come, ten are served; twenty may wait.
  expect(only(fixed).dropped).toBeCloseTo(600 * 2 - 20);
  expect(fixed.droppedOrders).toBeCloseTo(600 * 2 - 20);
  expect(only(fixed)).toMatchObject({ saturatedSeconds: 600, saturatedAt: 0 });
});

test("replicas that stand by take no load", () => {
  const store = workload({ autoscaler: undefined, replicas: 3, active: 1 });
  expect(only(run({ workloads: [store], trace: flat(720) })).dropped).toBeGreaterThan(1000);
});

describe("a step", () => {
  const trace = shapedTrace("step", 3000);
  const changes = { trace, pool: pool({ min: 10 }) };

  test("is answered within a minute, and taken back after five quiet minutes", () => {
    const { lines, ...result } = run(changes);
    const replicas = lines.replicas[0] ?? [];
    const at = (minute: number) => replicas[Math.floor((minute * 60) / result.bucketSeconds)] ?? Number.NaN;
    expect(at(9)).toBe(2);
    expect(at(11)).toBeGreaterThanOrEqual(5);
    expect(at(20)).toBe(15);
    expect(at(44)).toBe(15);
    expect(at(46)).toBe(2);
    expect(only(result).dropped).toBeGreaterThan(0);
  });

  test("loses more the longer pods take to start", () => {
    const lost = [1, 20, 60].map(
      (startSeconds) => only(run({ ...changes, workloads: [workload({ startSeconds })] })).dropped,
    );
    expect([...lost].sort((a, b) => a - b)).toEqual(lost);
    expect(lost[2]).toBeGreaterThan(2 * (lost[0] ?? 0));
  });

  test("loses more where nodes have to come first, and less where they come sooner", () => {
    const lost = (min: number, startSeconds: number) =>
      run({ ...changes, pool: pool({ min, startSeconds }) }).droppedOrders;
    expect(lost(1, 300)).toBeGreaterThan(lost(1, 30));
    expect(lost(1, 30)).toBeGreaterThan(lost(10, 300));
  });

  test("has no pod on a node that is still on its way", () => {
    const { lines, bucketSeconds } = run({ ...changes, pool: pool({ startSeconds: 600 }) });
    const at = (minute: number) => lines.replicas[0]?.[Math.floor((minute * 60) / bucketSeconds)];
    // Eight fit on the first node, and the others have come after ten minutes.
    expect([at(15), at(22)]).toEqual([8, 15]);
  });

  test("ends where no more nodes may be had", () => {
    const full = run({ ...changes, pool: pool({ max: 1 }) });
    expect(full.peakNodes).toBe(1);
    expect(only(full).peakReplicas).toBe(8);
  });

  test("gives nodes back when they have been half empty for ten minutes", () => {
    const long = traceOf("long", [...trace.points, { second: 3 * 3600, ordersPerMinute: 300 }]);
    const { lines, peakNodes } = run({ trace: long, pool: pool() });
    expect(peakNodes).toBeGreaterThan(1);
    expect(lines.nodes.at(-1)).toBe(1);
  });
});

test("pods that ask for little and use much share the CPUs that there are", () => {
  const greedy = workload({ requests: { cpu: 0.05, memory: GIB / 4 } });
  const result = run({ workloads: [greedy], trace: flat(3000), pool: pool({ max: 1 }) });
  expect(result.contendedSeconds).toBe(600);
  // Forty a second are what the node's four CPUs serve.
  expect(only(result).dropped).toBeCloseTo(600 * 10 - 80, 0);
});

test("an order is lost once, however many workloads lose a part of it", () => {
  const small = workload({ autoscaler: undefined, replicas: 1 });
  const both = run({ workloads: [small, { ...small, name: "payment" }], trace: flat(720) });
  expect(both.droppedOrders).toBeCloseTo(only(both).dropped);
});

test("a pod that fits on no node is refused with the remedy", () => {
  const huge = workload({ requests: { cpu: 6, memory: GIB } });
  expect(() => run({ workloads: [huge] })).toThrow(
    "order: a pod asks for 6 CPUs and 1024 MiB, and a node has 4 and 16384 MiB for pods; name larger nodes with --node",
  );
});

test("whatever comes: nobody loses more than was asked, or has more pods than allowed", () => {
  const load = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(load, fc.integer({ min: 1, max: 5 }), (loads, most) => {
      const trace = traceOf(
        "any",
        loads.map((ordersPerMinute, index) => ({ second: index * 60, ordersPerMinute })),
      );
      const result = run({ trace, pool: pool({ max: most }) });
      const { dropped, requests, peakReplicas, least, podSeconds } = only(result);
      expect(dropped).toBeLessThanOrEqual(requests + 1e-6);
      expect(result.droppedOrders).toBeLessThanOrEqual(result.orders + 1e-6);
      expect(peakReplicas).toBeLessThanOrEqual(20);
      expect(least).toBeGreaterThanOrEqual(2);
      expect(podSeconds).toBeGreaterThanOrEqual(2 * result.seconds);
      expect(result.peakNodes).toBeLessThanOrEqual(most);
    }),
    { numRuns: 25 },
  );
});
