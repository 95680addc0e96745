import { paint } from "../../deploy/progress/terminal.ts";
import { isEnough, type Plan, type PlannedWorkload } from "../plan/plan.ts";
import { compact, count, duration, figure, money, sparkline } from "./format.ts";

/** Columns of a line of blocks. */
const WIDTH = 48;
/** Limits that are told. */
const LIMITS = 3;

/** A plan for people: what comes, how each workload takes it, what it costs, and what would break first. */
export function showPlan(plan: Plan): string {
  const { trace, nodes, cost, lines } = plan;
  const peak = trace.peakOrdersPerMinute;
  return [
    `stack ${plan.stack}, ${trace.name}: ${duration(trace.seconds)}, up to ${figure(peak)} orders a minute, nodes ${nodes.type}${nodes.isAssumed ? " (assumed; --node names others)" : ""}`,
    "",
    `${"orders a minute".padEnd(16)}${sparkline(lines.ordersPerMinute, WIDTH)} ${compact(peak)}`,
    `${"nodes".padEnd(16)}${sparkline(lines.nodes, WIDTH)} ${count(nodes.peak)}`,
    ...lostLine(plan),
    "",
    ...table(plan),
    "",
    ...verdict(plan),
    ...promises(plan),
    ...contention(plan),
    `cost: ${money(cost.total, cost.currency)} for ${duration(trace.seconds)}, ${money(cost.month, cost.currency)} a month like it; nodes only, prices of ${cost.date}`,
    `prices: ${cost.source}`,
    ...limits(plan),
    ...plan.notes.map((note) => `note: ${note}`),
    "",
  ].join("\n");
}

function lostLine({ lines, droppedOrders }: Plan): string[] {
  if (droppedOrders === 0) return [];
  const most = Math.max(...lines.droppedPerMinute);
  return [
    `${"lost a minute".padEnd(16)}${paint("red", sparkline(lines.droppedPerMinute, WIDTH))} ${compact(most)}`,
  ];
}

const HEAD = [
  "workload",
  "replicas",
  "of",
  "computed",
  "requests/s",
  "each takes",
  "use",
  "waits",
  "lost",
  "replicas over time",
];

function table({ workloads, lines }: Plan): string[] {
  const rows = workloads.map((workload, index) => [
    ...cells(workload),
    sparkline(lines.replicas[index] ?? [], WIDTH / 2, workload.allowed),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const align = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || column === HEAD.length - 1 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [
    align(HEAD),
    ...rows.map((row, index) => {
      const { dropped = 0, saturatedSeconds = 0 } = workloads[index] ?? {};
      if (dropped >= 0.5) return paint("red", align(row));
      return saturatedSeconds > 0 ? paint("yellow", align(row)) : align(row);
    }),
  ];
}

function cells(workload: PlannedWorkload): string[] {
  const { least, peakReplicas, allowed, computedReplicas, peakLoad, perReplica, peakUse } = workload;
  return [
    workload.name,
    least === peakReplicas ? count(least) : `${count(least)}–${count(peakReplicas)}`,
    count(allowed),
    computedReplicas === undefined ? "–" : count(computedReplicas),
    peakLoad === 0 ? "–" : figure(peakLoad),
    perReplica === undefined ? "–" : figure(perReplica),
    peakLoad === 0 ? "–" : `${count(peakUse * 100)} %`,
    workload.saturatedSeconds === 0 ? "–" : duration(workload.saturatedSeconds),
    workload.dropped < 0.5 ? "–" : compact(workload.dropped),
  ];
}

function verdict(plan: Plan): string[] {
  const { orders, droppedOrders, saturatedSeconds } = plan;
  if (isEnough(plan)) {
    const waiting =
      saturatedSeconds === 0 ? "none waits for a pod" : `some wait, for ${duration(saturatedSeconds)}`;
    return [paint("green", `all of ${count(orders)} orders are served; ${waiting}`)];
  }
  const share = figure((100 * droppedOrders) / orders);
  const first = plan.workloads
    .filter(({ saturatedAt }) => saturatedAt !== undefined)
    .sort((a, b) => (a.saturatedAt ?? 0) - (b.saturatedAt ?? 0) || b.peakUse - a.peakUse)[0];
  const at = first?.saturatedAt ?? 0;
  const { contendedAt } = plan.nodes;
  // Where the nodes have too little CPU for all, each workload has.
  const culprit = contendedAt !== undefined && contendedAt <= at ? "the nodes" : first?.name;
  return [
    paint("red", `${count(droppedOrders)} of ${count(orders)} orders are lost (${share} %)`),
    ...(culprit === undefined ? [] : [`the first to be too small: ${culprit}, after ${duration(at)}`]),
  ];
}

/** Services that answer a smaller share of requests than they promise. */
function promises({ workloads }: Plan): string[] {
  const broken = workloads.flatMap(({ name, availability = 100, objective = 0 }) =>
    availability < objective
      ? [`${name} (${(Math.floor(availability * 100) / 100).toFixed(2)} % of ${objective} %)`]
      : [],
  );
  return broken.length === 0 ? [] : [`promises that are not kept: ${broken.join(", ")}`];
}

/** Nodes are added for what pods ask for, not for what they use. */
function contention({ nodes: { contendedSeconds, peak } }: Plan): string[] {
  if (contendedSeconds === 0) return [];
  const what = peak === 1 ? "the node's CPUs are" : "the CPUs of all nodes are";
  return [
    `${what} used up for ${duration(contendedSeconds)}, because pods use more than they ask for: raise CPU requests, or take larger nodes`,
  ];
}

const limits = ({ limits: all }: Plan): string[] => [
  "at the most, whatever the autoscalers do:",
  ...all
    .slice(0, LIMITS)
    .map(
      ({ part, ordersPerMinute, because }) =>
        `  ${part.padEnd(12)} ${count(ordersPerMinute)} orders a minute (${because})`,
    ),
];
