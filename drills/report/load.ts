import type { Arrivals } from "../load/arrivals.ts";
import { percentile, timeline } from "../load/statistics.ts";
import { isFailure } from "../load/traffic.ts";
import type { Findings } from "../runner/findings.ts";
import type { Mark } from "./plot.ts";

/** Most kinds of failure that a report tells one by one. */
const FAILURES_TOLD = 12;

/**
 * Takes down a load and what came of it: its figures, its failures by kind, and how long answers took while things broke.
 *
 * @param rate Requests a second.
 * @param marks When what happened, in seconds from the start of the load.
 * @param name What the picture is called. Default: `latency`.
 */
export function reportLoad(
  findings: Findings,
  load: Arrivals,
  { rate, marks = [], name = "latency" }: { rate: number; marks?: readonly Mark[]; name?: string },
): void {
  const { samples, latencies, outcomes, seconds } = load;
  findings.figure("load", `${rate} requests a second for ${seconds.toFixed(0)} s, ${samples.length} in all`);
  for (const [words, share] of [
    ["p50", 0.5],
    ["p95", 0.95],
    ["p99", 0.99],
  ] as const)
    findings.figure(words, percentile(latencies, share), "ms");
  findings.figure("slowest answer", latencies.at(-1) ?? Number.NaN, "ms");
  const failures = [...outcomes].filter(([outcome]) => isFailure(outcome)).sort(([, a], [, b]) => b - a);
  for (const [outcome, count] of failures.slice(0, FAILURES_TOLD)) findings.note(`${count} × ${outcome}`);
  const intervals = timeline(samples, isFailure);
  findings.plot({
    name,
    title: "How long answers took, and how many failed",
    x: "seconds",
    y: "milliseconds, failures a second",
    lines: [
      { name: "p99 (ms)", points: intervals.map(({ at, p99 }) => [at, p99]) },
      { name: "p50 (ms)", points: intervals.map(({ at, p50 }) => [at, p50]) },
      {
        name: "failed (a second)",
        points: intervals.map(({ at, failed }) => [at, failed === 0 ? Number.NaN : failed]),
      },
    ],
    marks,
  });
}

/** How many requests failed. */
export const failures = ({ outcomes }: Arrivals): number =>
  [...outcomes].reduce((sum, [outcome, count]) => sum + (isFailure(outcome) ? count : 0), 0);
