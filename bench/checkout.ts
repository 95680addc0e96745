/**
 * Orders through the ingress at a constant rate: node bench/checkout.ts [rate] [seconds]
 * Tells latencies, how the orders ended, and how many of them a CPU-second of the services makes. The dev stack must be
 * up, with a gateway that lets this one address send so much:
 *
 *   kubectl -n tradestack-dev set env deployment/gateway \
 *     RATE_LIMIT_PER_SECOND=100000 RATE_LIMIT_BURST=100000 \
 *     ORDER_RATE_LIMIT_PER_SECOND=100000 ORDER_RATE_LIMIT_BURST=100000
 */

import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { arriveAt } from "../drills/load/arrivals.ts";
import { percentile } from "../drills/load/statistics.ts";
import { Cluster } from "../drills/platform/cluster.ts";
import { orderOf, Shop } from "../drills/platform/shop.ts";

const [rate = "50", seconds = "20"] = process.argv.slice(2);
const NAMESPACE = "tradestack-dev";
/** Those that an order needs; the gateway is told apart. */
const TRADING = ["order", "catalog", "payment"];
const ALL = ["gateway", ...TRADING];

const cluster = Cluster.current();
const shop = new Shop(cluster.ingress, new URL(cluster.ingress).host);

/** CPU-seconds that each service's pods have used since they started, as they count themselves. */
async function cpuSeconds(): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const service of ALL) {
    const pods = await cluster.kubectl(
      "get",
      "pods",
      `--namespace=${NAMESPACE}`,
      `--selector=app.kubernetes.io/name=${service}`,
      "--output=name",
    );
    let sum = 0;
    for (const pod of pods.split("\n").filter(Boolean)) {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod.slice("pod/".length)}:9090/proxy/metrics`;
      // A pod that the autoscaler has just added does not answer yet, and has done nothing.
      const metrics = await cluster.kubectl("get", "--raw", path).catch(() => "");
      sum += Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1] ?? 0);
    }
    used.set(service, sum);
  }
  return used;
}

const skus = await shop.skusInStock(200, 50);
const order = async (index: number): Promise<string> => {
  const { status } = await shop.order(orderOf(skus[index % skus.length] ?? ""), randomUUID());
  return String(status);
};

await arriveAt(20, 5, order);
const before = await cpuSeconds();
const { latencies, outcomes, seconds: took } = await arriveAt(Number(rate), Number(seconds), order);
const after = await cpuSeconds();
await shop.close();

const paid = outcomes.get("201") ?? 0;
const used = (service: string) => (after.get(service) ?? Number.NaN) - (before.get(service) ?? Number.NaN);
const trading = TRADING.reduce((sum, service) => sum + used(service), 0);
const show = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
console.log(
  `${rate} orders a second for ${seconds} s; ${[...outcomes].map(([how, count]) => `${how}: ${count}`).join(", ")}`,
);
console.log(
  `p50 ${show(percentile(latencies, 0.5))}, p95 ${show(percentile(latencies, 0.95))}, p99 ${show(percentile(latencies, 0.99))}, ${(paid / took).toFixed(1)} paid a second`,
);
for (const service of ALL)
  console.log(
    `${service}: ${used(service).toFixed(2)} CPU-s, ${((used(service) / paid) * 1e6).toFixed(0)} µs an order`,
  );
console.log(
  `orders per CPU-second: ${(paid / trading).toFixed(0)} (${TRADING.join(", ")}), ${(paid / (trading + used("gateway"))).toFixed(0)} with the gateway`,
);
console.log(`on ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}`);
