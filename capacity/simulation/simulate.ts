/**
 * What a platform would do under a load: second by second, requests are served as far as ready pods allow, wait as long
 * as their callers do, or are lost; autoscalers see what metrics-server measured; nodes come and go with the pods.
 * Load is spread evenly, and flows: single requests, their variance and retries are not simulated.
 */

import { Autoscaling } from "../hpa/autoscaling.ts";
import type { Controller } from "../hpa/rules.ts";
import { ordersPerSecond, type Trace } from "../traces/trace.ts";
import { Fleet } from "./fleet.ts";
import { type NodePool, Nodes } from "./nodes.ts";
import { Recorder, type SimulationResult } from "./result.ts";
import { requestsPerSecond, type Workload } from "./workload.ts";

/** What is simulated. */
export interface Scenario {
  readonly trace: Trace;
  readonly workloads: readonly Workload[];
  readonly pool: NodePool;
  readonly controller: Controller;
  /** Seconds that a request waits for a pod before its caller gives up. */
  readonly patienceSeconds: number;
}

/** A measurement of metrics-server. */
interface Measurement {
  readonly at: number;
  readonly millicores: number;
}

/** A workload while it is simulated. */
interface Running {
  readonly workload: Workload;
  readonly index: number;
  readonly fleet: Fleet;
  readonly autoscaling: Autoscaling | undefined;
  /** Requests a second and pod. */
  readonly each: number;
  /** Requests that wait. */
  backlog: number;
  /** CPU-seconds that a ready pod used since the last measurement. */
  used: number;
  newest: Measurement;
  previous: Measurement;
}

/**
 * Simulates a platform, which is settled at the trace's first load when it begins.
 *
 * @throws {PlanError} for pods that fit on no node.
 */
export function simulate(scenario: Scenario): SimulationResult {
  const { trace, workloads, pool, controller } = scenario;
  const orders = ordersPerSecond(trace);
  const names = workloads.map(({ name }) => name);
  const nodes = new Nodes(
    pool,
    workloads.map(({ requests }) => requests),
    names,
  );
  const running = workloads.map((workload, index) =>
    start(workload, index, nodes, orders[0] ?? 0, controller),
  );
  const recorder = new Recorder(workloads, orders.length);
  for (let now = 0; now < orders.length; now += 1) {
    if (now > 0 && now % controller.metricResolution === 0) measure(running, now, controller);
    if (now % controller.syncPeriod === controller.syncOffset % controller.syncPeriod) {
      for (const one of running) sync(one, nodes, now, controller);
    }
    for (const one of running) place(one, nodes, now);
    if (Nodes.isScan(now)) {
      for (const one of running) orderNodes(one, nodes, now);
      nodes.consolidate(now);
    }
    serve(running, orders[now] ?? 0, now, { nodes, recorder, patience: scenario.patienceSeconds });
  }
  return recorder.result();
}

/** Replicas that keep the CPU use at its target, within what the autoscaler may do. */
export function steadyReplicas({ autoscaler, replicas, requests, demand }: Workload, orders: number): number {
  if (autoscaler === undefined) return replicas;
  const each = (requests.cpu * autoscaler.cpuPercent) / 100 - demand.idleCpu;
  const load = orders * demand.requestsPerOrder * demand.cpuSecondsPerRequest;
  const wanted = each > 0 ? Math.ceil(load / each) : Number.POSITIVE_INFINITY;
  return Math.min(autoscaler.maxReplicas, Math.max(autoscaler.minReplicas, wanted));
}

function start(
  workload: Workload,
  index: number,
  nodes: Nodes,
  orders: number,
  controller: Controller,
): Running {
  const replicas = steadyReplicas(workload, orders);
  const long = Number.NEGATIVE_INFINITY;
  const here = countOf(nodes.place(index, replicas, long));
  const placed = here + countOf(nodes.order(index, replicas - here, long));
  const fleet = new Fleet(placed, workload, controller);
  fleet.add(replicas - placed);
  const { autoscaler, demand } = workload;
  const use = (orders * demand.requestsPerOrder * demand.cpuSecondsPerRequest) / Math.max(1, placed);
  const measurement = { at: 0, millicores: 1000 * Math.min(workload.cpuLimit, use + demand.idleCpu) };
  return {
    workload,
    index,
    fleet,
    autoscaling:
      autoscaler &&
      new Autoscaling(autoscaler, controller, workload.requests.cpu * 1000, { replicas, at: 0 }),
    each: requestsPerSecond(workload),
    backlog: 0,
    used: 0,
    newest: measurement,
    previous: measurement,
  };
}

const countOf = (placed: readonly { readonly count: number }[]): number =>
  placed.reduce((sum, { count }) => sum + count, 0);

function measure(running: readonly Running[], now: number, { metricResolution }: Controller): void {
  for (const one of running) {
    one.previous = one.newest;
    one.newest = { at: now, millicores: (one.used / metricResolution) * 1000 };
    one.used = 0;
  }
}

function sync(
  { autoscaling, fleet, index, newest, previous }: Running,
  nodes: Nodes,
  now: number,
  controller: Controller,
): void {
  if (autoscaling === undefined) return;
  const seen = newest.at + controller.metricDelay <= now ? newest : previous;
  const observation = fleet.observe(now, seen.at, seen.millicores);
  const change = autoscaling.sync(now, observation) - observation.replicas;
  if (change > 0) fleet.add(change);
  if (change < 0) nodes.release(index, fleet.remove(-change, now));
}

function place({ fleet, index }: Running, nodes: Nodes, now: number): void {
  if (fleet.unplaced === 0) return;
  for (const { count, at } of nodes.place(index, fleet.unplaced, now)) fleet.place(count, at);
}

function orderNodes({ fleet, index }: Running, nodes: Nodes, now: number): void {
  if (fleet.unplaced === 0) return;
  for (const { count, at } of nodes.order(index, fleet.unplaced, now)) fleet.place(count, at);
}

interface Surroundings {
  readonly nodes: Nodes;
  readonly recorder: Recorder;
  readonly patience: number;
}

/** What happens in one second. */
function serve(
  running: readonly Running[],
  orders: number,
  now: number,
  { nodes, recorder, patience }: Surroundings,
): void {
  let wanted = 0;
  for (const one of running) wanted += cpuWanted(one, orders, now);
  // Where the nodes' CPUs are not enough for all, each gets its share.
  const there = nodes.cpu(now);
  const share = wanted > there ? there / wanted : 1;
  let lost = 0;
  for (const one of running) {
    const { demand, active } = one.workload;
    const ready = one.fleet.ready(now);
    const load = orders * demand.requestsPerOrder;
    const work = one.backlog + load;
    const free = cpuWanted(one, orders, now) * share - ready * demand.idleCpu;
    const most = demand.cpuSecondsPerRequest === 0 ? work : Math.max(0, free / demand.cpuSecondsPerRequest);
    const able = Math.min(ready, active ?? ready) === 0 && work > 0 ? 0 : most;
    const served = Math.min(work, able);
    // A pod that is full gives up nobody at once: as many wait as it can answer in time.
    const left = work - served;
    const dropped = Math.max(0, left - able * patience);
    one.backlog = left - dropped;
    if (ready > 0) one.used += (served * demand.cpuSecondsPerRequest) / ready + demand.idleCpu;
    if (load > 0) lost = Math.max(lost, Math.min(1, dropped / load));
    const room = Math.min(ready, active ?? ready) * one.each * share;
    recorder.workload(one.index, now, { replicas: ready, load, room, dropped, waits: left > 1e-9 });
  }
  recorder.second(now, { orders, lost: orders * lost, nodes: nodes.size, contended: share < 1 });
}

/** CPUs that a workload would use now, were there enough. */
function cpuWanted({ workload, fleet, backlog }: Running, orders: number, now: number): number {
  const { demand, active, cpuLimit } = workload;
  const ready = fleet.ready(now);
  const idle = ready * demand.idleCpu;
  const serving = Math.min(ready, active ?? ready);
  const work = (backlog + orders * demand.requestsPerOrder) * demand.cpuSecondsPerRequest;
  return idle + Math.min(work, serving * Math.max(0, cpuLimit - demand.idleCpu));
}
