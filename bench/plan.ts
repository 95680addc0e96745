/**
 * Times the planner: ten thousand replicas over a day, every second of it: node bench/plan.ts [replicas] [runs]
 * With nothing but the simulation, as reading a stack takes as long as it does for `render`.
 */

import { cpus, loadavg } from "node:os";
import { DEFAULT_BEHAVIOR, DEFAULT_CONTROLLER } from "../capacity/hpa/rules.ts";
import { simulate } from "../capacity/simulation/simulate.ts";
import type { Workload } from "../capacity/simulation/workload.ts";
import { shapedTrace } from "../capacity/traces/shapes.ts";

const [replicas = "10000", runs = "5"] = process.argv.slice(2);
const GIB = 2 ** 30;

const workload: Workload = {
  name: "order",
  replicas: 1,
  autoscaler: {
    minReplicas: 2,
    maxReplicas: 2 * Number(replicas),
    cpuPercent: 70,
    behavior: DEFAULT_BEHAVIOR,
  },
  requests: { cpu: 0.1, memory: GIB / 8 },
  cpuLimit: 1,
  demand: { requestsPerOrder: 1, cpuSecondsPerRequest: 0.01, idleCpu: 0 },
  pendingSeconds: 4,
  startSeconds: 3,
};
/** Seven requests a second and pod are 70 % of what it asks for; a little more, because 10 % are tolerated. */
const ordersPerMinute = Number(replicas) * 7.2 * 60;
const pool = { allocatable: { cpu: 3.7, memory: 15 * GIB }, pods: 58, min: 1, max: 5000, startSeconds: 90 };

const scenario = {
  trace: shapedTrace("daily", ordersPerMinute),
  workloads: [workload],
  pool,
  controller: DEFAULT_CONTROLLER,
  patienceSeconds: 2,
};
const times = Array.from({ length: Number(runs) }, () => {
  const start = performance.now();
  const { workloads, peakNodes } = simulate(scenario);
  return { milliseconds: performance.now() - start, peak: workloads[0]?.peakReplicas, peakNodes };
}).sort((a, b) => a.milliseconds - b.milliseconds);
const show = (index: number) => `${times.at(index)?.milliseconds.toFixed(0)} ms`;
console.log(`a day, up to ${times[0]?.peak} replicas on ${times[0]?.peakNodes} nodes`);
console.log(`${runs} runs: median ${show(Math.floor(times.length / 2))}, from ${show(0)} to ${show(-1)}`);
console.log(`on ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}`);
