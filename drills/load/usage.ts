import { asObject, asText } from "../../deploy/manifests/manifest.ts";
import { ADMIN_PORT } from "../../services/description.ts";
import { services } from "../../services/index.ts";
import type { Platform } from "../platform/platform.ts";

/** What a service's pods have used, as they count themselves. */
export interface Usage {
  /** Seconds since they started. */
  readonly cpuSeconds: number;
  /** Bytes that they hold in memory. */
  readonly memory: number;
  readonly pods: number;
}

/** Asks every pod of every service, by the service's name. */
export async function usageOf({ objects, namespace }: Platform): Promise<Map<string, Usage>> {
  const pods = await objects.in(namespace, "v1", "Pod");
  const names = new Set(services.map(({ name }) => name));
  const used = new Map<string, Usage>();
  await Promise.all(
    pods.map(async ({ metadata }) => {
      const service = asText(asObject(metadata.labels)["app.kubernetes.io/name"]);
      if (!names.has(service)) return;
      const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}:${ADMIN_PORT}/proxy/metrics`;
      // A pod that the autoscaler has just added does not answer yet, and has done nothing.
      const metrics = await objects.api.text(path).catch(() => "");
      const before = used.get(service) ?? { cpuSeconds: 0, memory: 0, pods: 0 };
      used.set(service, {
        cpuSeconds: before.cpuSeconds + metricIn(metrics, "process_cpu_seconds_total"),
        memory: before.memory + metricIn(metrics, "process_resident_memory_bytes"),
        pods: before.pods + 1,
      });
    }),
  );
  return used;
}

/** The value of a metric without labels in Prometheus' text format; 0 where it is not there. Pure. */
export function metricIn(text: string, name: string): number {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

/** CPU-seconds that each service used from one moment to another; pods that ended in between count for nothing. */
export function cpuBetween(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
): Map<string, number> {
  return new Map(
    [...after].map(([service, { cpuSeconds }]) => [
      service,
      Math.max(0, cpuSeconds - (before.get(service)?.cpuSeconds ?? 0)),
    ]),
  );
}

/** How many bytes a minute memory grows, by the line that fits best (least squares). NaN below two points. Pure. */
export function growth(points: readonly (readonly [minutes: number, bytes: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([at]) => at));
  const y = mean(points.map(([, value]) => value));
  const covariance = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return covariance / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}
