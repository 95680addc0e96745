/**
 * What watching costs, as Prometheus itself measured it: node bench/monitoring.ts [seconds]
 * Tells CPU-seconds and memory of what watches and of what is watched over the last minutes; put load on it first. The
 * dev stack must be up.
 */

import { Cluster } from "../drills/platform/cluster.ts";

const [seconds = "300"] = process.argv.slice(2);
const NAMESPACE = "tradestack-dev";
const MONITORING = "monitoring";
/** Pods that watch stores, and live beside them. */
const EXPORTER = /-exporter-/;

const cluster = Cluster.current();

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly namespace: string; readonly pod: string };
      readonly value: readonly [number, string];
    }[];
  };
}

/** Values by pod, of both namespaces. */
async function byPod(
  expression: (series: string) => string,
  metric: string,
): Promise<Answer["data"]["result"]> {
  const series = `${metric}{namespace=~"${NAMESPACE}|${MONITORING}",pod!="",container=""}`;
  const query = encodeURIComponent(`max by (namespace, pod) (${expression(series)})`);
  const proxy = `/api/v1/namespaces/${MONITORING}/services/prometheus:metrics/proxy`;
  const text = await cluster.kubectl("get", "--raw", `${proxy}/api/v1/query?query=${query}`);
  const { data }: Answer = JSON.parse(text);
  return data.result;
}

/** Sums of what watches, and of all that is watched. */
function sums(result: Answer["data"]["result"]): { readonly watching: number; readonly watched: number } {
  const watches = ({ metric }: (typeof result)[number]) =>
    metric.namespace === MONITORING || EXPORTER.test(metric.pod);
  const sum = (some: typeof result) => some.reduce((total, { value }) => total + Number(value[1]), 0);
  return {
    watching: sum(result.filter(watches)),
    watched: sum(result.filter((one) => !watches(one))),
  };
}

const cpu = sums(
  await byPod((series) => `increase(${series}[${seconds}s])`, "container_cpu_usage_seconds_total"),
);
const memory = sums(await byPod((series) => series, "container_memory_working_set_bytes"));
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
const share = ((100 * cpu.watching) / cpu.watched).toFixed(1);
console.log(
  `CPU over ${seconds} s: ${cpu.watching.toFixed(1)} s watching, ${cpu.watched.toFixed(1)} s watched: ${share} %`,
);
console.log(`memory now: ${mebibytes(memory.watching)} watching, ${mebibytes(memory.watched)} watched`);
