import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arrivals, arriveAt } from "./load/arrivals.ts";
import { profiled } from "./load/profile.ts";
import { highestSustained } from "./load/search.ts";
import { percentile } from "./load/statistics.ts";
import { type Deed, Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { cpuBetween, growth, usageOf } from "./load/usage.ts";
import { liftLimits } from "./platform/faults.ts";
import { failures } from "./report/load.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** What shoppers do in a load: order and nothing else, or everything. */
export const MIXES = ["orders", "shopping"] as const;
export type Mix = (typeof MIXES)[number];

/** How a load is made and judged. */
export interface LoadOptions {
  readonly mix: Mix;
  /** Seconds for which each rate is held. */
  readonly seconds: number;
  /** Requests a second; undefined: the highest rate that is sustained is looked for. */
  readonly rate: number | undefined;
  /** Minutes at half of that rate, to see whether memory grows. 0: none. */
  readonly soak: number;
  /** Service of which a pod is profiled at half of that rate; undefined: none. */
  readonly profile: string | undefined;
  /** Folder that the profile is written into. */
  readonly folder: string;
}

/** Milliseconds that the 99th of 100 answers may take where a rate counts as sustained. */
const SUSTAINED_P99 = 1000;
/** Share of the requests of a rate that have to be answered while it lasts. */
const KEPT_UP = 0.95;
const SEARCH = { start: 20, most: 5000, precision: 1.1 };
const WARM_UP = { rate: 10, seconds: 10 };
/** The goals: p99 at half of the sustained rate, and orders a CPU-second of the services that an order needs. */
const HALF_P99 = 100;
const ORDERS_PER_CPU = 500;
const TRADING = ["order", "catalog", "payment"];
/** Share of what all services hold in memory that may come on top in an hour of a soak. */
const GROWTH_AN_HOUR = 0.05;
const MEBIBYTE = 2 ** 20;

/** A load that nothing disturbs: how much is sustained, how fast the answers are, and what they cost. */
export const load = ({ mix, seconds, rate, soak, profile, folder }: LoadOptions): Drill => ({
  name: "load",
  summary: `The highest rate of ${mix} that is sustained for ${seconds} s, what answers take on the way there, and what an order costs.`,
  async hold(stage: Stage) {
    const { platform, findings, repairs, signal, say } = stage;
    await liftLimits(platform, repairs);
    const only: readonly Deed[] | undefined = mix === "orders" ? ["order"] : undefined;
    const traffic = await Traffic.prepare(stage, only);
    const send = (index: number) => traffic.send(index);
    const hold = async (at: number): Promise<Arrivals> => {
      signal.throwIfAborted();
      const arrivals = await arriveAt(at, seconds, send);
      say(`${at} a second: ${inWords(arrivals)}`);
      return arrivals;
    };
    await arriveAt(WARM_UP.rate, WARM_UP.seconds, send);
    const sustained = rate ?? (await highestSustained(async (at) => isSustained(await hold(at), at), SEARCH));
    findings.figure(`highest sustained rate of ${mix}`, sustained, "a second");
    await curve(stage, sustained, hold, traffic);
    const half = Math.max(1, Math.round(sustained / 2));
    if (profile !== undefined) {
      const file = join(folder, `${profile}.cpuprofile`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, await profiled(platform, profile, async () => void (await hold(half))));
      findings.note(`${file} shows where a pod of ${profile} spends its time, as a flame graph`);
    }
    if (soak > 0) await soaking(stage, half, soak, send);
  },
});

const isSustained = (arrivals: Arrivals, rate: number): boolean =>
  failures(arrivals) === 0 &&
  percentile(arrivals.latencies, 0.99) <= SUSTAINED_P99 &&
  arrivals.samples.length / arrivals.seconds >= rate * KEPT_UP;

const PERCENTILES = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
] as const;

const inWords = (arrivals: Arrivals): string =>
  [
    ...PERCENTILES.map(([name, share]) => `${name} ${percentile(arrivals.latencies, share).toFixed(0)} ms`),
    `${(arrivals.samples.length / arrivals.seconds).toFixed(1)} answered a second`,
    `${failures(arrivals)} failed`,
  ].join(", ");

/** Answers and costs at a quarter, half and three quarters of what is sustained, and at all of it. */
async function curve(
  { platform, findings }: Stage,
  sustained: number,
  hold: (rate: number) => Promise<Arrivals>,
  traffic: Traffic,
): Promise<void> {
  const points: [rate: number, arrivals: Arrivals][] = [];
  for (const share of [0.25, 0.5, 0.75, 1]) {
    const at = Math.max(1, Math.round(sustained * share));
    const before = await usageOf(platform);
    const ordersBefore = traffic.acknowledged.length;
    const arrivals = await hold(at);
    const after = await usageOf(platform);
    points.push([at, arrivals]);
    findings.figure(`at ${at} a second`, inWords(arrivals));
    if (share !== 0.5) continue;
    findings.exactly("failures at half of the sustained rate", failures(arrivals), 0);
    findings.atMost(
      "p99 at half of the sustained rate",
      percentile(arrivals.latencies, 0.99),
      HALF_P99,
      "ms",
    );
    const orders = traffic.acknowledged.length - ordersBefore;
    const cpu = cpuBetween(before, after);
    for (const [service, used] of [...cpu].sort(([, a], [, b]) => b - a))
      findings.figure(
        `CPU of ${service}`,
        `${used.toFixed(2)} s, ${((used / orders) * 1e3).toFixed(2)} ms an order`,
      );
    const trading = TRADING.reduce((sum, service) => sum + (cpu.get(service) ?? Number.NaN), 0);
    findings.atLeast(`orders a CPU-second of ${TRADING.join(", ")}`, orders / trading, ORDERS_PER_CPU);
    const memory = [...after.values()].reduce((sum, usage) => sum + usage.memory, 0);
    findings.figure("memory of all services", memory / MEBIBYTE, "MiB");
  }
  findings.plot({
    name: "curve",
    title: "What answers take at which rate",
    x: "requests a second",
    y: "milliseconds",
    lines: PERCENTILES.map(([name, share]) => ({
      name,
      points: points.map(([at, { latencies }]) => [at, percentile(latencies, share)] as const),
    })),
  });
}

/** Half of the sustained rate for long: nothing fails, and memory does not grow. */
async function soaking(
  { platform, findings, signal, say }: Stage,
  rate: number,
  minutes: number,
  send: (index: number) => Promise<string>,
): Promise<void> {
  say(`soaking for ${minutes} min at ${rate} a second`);
  const memory: [minutes: number, bytes: number][] = [];
  const arrivals = await underLoad(rate, send, signal, async (running) => {
    while (running.seconds() < minutes * 60) {
      const usage = await usageOf(platform);
      memory.push([running.seconds() / 60, [...usage.values()].reduce((sum, { memory }) => sum + memory, 0)]);
      await running.goOn(Math.min(30, Math.max(1, minutes * 60 - running.seconds())));
    }
  });
  findings.figure(`${minutes} min at ${rate} a second`, inWords(arrivals));
  findings.exactly("failures while soaking", failures(arrivals), 0);
  // The first third is for caches and compiled code.
  const settled = memory.slice(Math.floor(memory.length / 3));
  const anHour = (growth(settled) * 60) / (settled[0]?.[1] ?? Number.NaN);
  findings.atMost("memory that comes on top in an hour", anHour * 100, GROWTH_AN_HOUR * 100, "%");
  findings.plot({
    name: "memory",
    title: "Memory of all services while soaking",
    x: "minutes",
    y: "MiB",
    lines: [{ name: "resident", points: memory.map(([at, bytes]) => [at, bytes / MEBIBYTE] as const) }],
  });
}
