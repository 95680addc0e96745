/**
 * Writes down what the autoscalers do and how many orders come: node bench/record.ts [seconds] [file]
 * It only reads, so that it can run beside anything that makes a load, such as bench/checkout.ts. What it writes is a
 * recording that capacity/recording/ can compare the simulation with. The dev stack must be up.
 */

import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Autoscaler } from "../capacity/hpa/rules.ts";
import type { Recording, Sample } from "../capacity/recording/recording.ts";
import { parseQuantity } from "../components/quantity.ts";
import { Cluster } from "../drills/platform/cluster.ts";
import { AUTOSCALING } from "../sandbox/autoscaling.ts";

const [seconds = "600", file = "recording.json"] = process.argv.slice(2);
const NAMESPACE = "tradestack-dev";
/** Seconds between two looks: as often as the controller looks itself. */
const INTERVAL = AUTOSCALING.syncPeriod;

/** The part of a HorizontalPodAutoscaler that is read here. */
interface Hpa {
  readonly metadata: { readonly name: string };
  readonly spec: Pick<Autoscaler, "minReplicas" | "maxReplicas" | "behavior"> & {
    readonly metrics: readonly {
      readonly resource: { readonly target: { readonly averageUtilization: number } };
    }[];
  };
  readonly status: {
    readonly currentReplicas?: number;
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly {
      readonly resource?: { readonly current: { readonly averageUtilization?: number } };
    }[];
  };
}

const cluster = Cluster.current();
const get = (...args: readonly string[]) => cluster.kubectl("get", `--namespace=${NAMESPACE}`, ...args);

async function autoscalers(): Promise<readonly Hpa[]> {
  const list: { readonly items: readonly Hpa[] } = JSON.parse(await get("hpa", "--output=json"));
  return list.items;
}

/** Orders that the gateway's pods have taken since they started. */
async function ordersTaken(): Promise<number> {
  const pods = await get("pods", "--selector=app.kubernetes.io/name=gateway", "--output=name");
  let total = 0;
  for (const pod of pods.split("\n").filter(Boolean)) {
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod.slice("pod/".length)}:9090/proxy/metrics`;
    const metrics = await cluster.kubectl("get", "--raw", path).catch(() => "");
    const counts = metrics.matchAll(
      /^http_server_request_duration_seconds_count\{method="POST",route="\/api\/orders",[^}]*\} (\d+)/gm,
    );
    for (const [, count] of counts) total += Number(count);
  }
  return total;
}

async function requestMillicores(name: string): Promise<number> {
  const path = "{.spec.template.spec.containers[0].resources.requests.cpu}";
  const text = await get("deployment", name, `--output=jsonpath=${path}`);
  return Math.round((parseQuantity(text) ?? Number.NaN) * 1000);
}

const first = await autoscalers();
const samples = new Map(first.map(({ metadata }) => [metadata.name, [] as Sample[]]));
const orders: { second: number; total: number }[] = [];
const before = await ordersTaken();
const start = performance.now();
const since = () => Math.round((performance.now() - start) / 1000);
let taken = 0;
while (since() < Number(seconds)) {
  const second = since();
  // A pod that is gone takes its count with it; orders are not taken back.
  taken = Math.max(taken, (await ordersTaken()) - before);
  orders.push({ second, total: taken });
  for (const { metadata, status } of await autoscalers()) {
    samples.get(metadata.name)?.push({
      second,
      current: status.currentReplicas ?? 0,
      desired: status.desiredReplicas,
      cpuPercent: status.currentMetrics?.[0]?.resource?.current.averageUtilization ?? null,
    });
  }
  await pause(Math.max(0, (second + INTERVAL) * 1000 - (performance.now() - start)));
}

const recording: Recording = {
  recordedAt: new Date().toISOString(),
  about: `dev stack in the sandbox, ${taken} orders in ${seconds} s`,
  controller: {
    syncPeriod: AUTOSCALING.syncPeriod,
    cpuInitializationPeriod: AUTOSCALING.cpuInitializationPeriod,
    metricResolution: AUTOSCALING.metricResolution,
  },
  orders,
  services: await Promise.all(
    first.map(async ({ metadata: { name }, spec }) => ({
      name,
      autoscaler: {
        minReplicas: spec.minReplicas,
        maxReplicas: spec.maxReplicas,
        cpuPercent: spec.metrics[0]?.resource.target.averageUtilization ?? Number.NaN,
        behavior: spec.behavior,
      },
      requestMillicores: await requestMillicores(name),
      samples: samples.get(name) ?? [],
    })),
  ),
};
writeFileSync(file, `${JSON.stringify(recording)}\n`);
console.log(`${recording.about}, written to ${file}`);
