import { ADMIN_PORT, type ServiceDescription } from "../../services/description.ts";
import type { Settings } from "../../settings.ts";
import { METRICS } from "../monitoring/pod.ts";
import { POSTGRES_EXPORTER_PORT } from "../monitoring/postgres-exporter.ts";
import { REDIS_EXPORTER_PORT } from "../monitoring/redis-exporter.ts";
import type { ScrapeTargetArgs } from "../monitoring/targets.ts";
import { METRICS_PORT } from "../rabbitmq/configuration.ts";
import { usesBroker } from "./edges.ts";
import { POSTGRES_EXPORTER, REDIS_EXPORTER, redisServers } from "./exporters.ts";

const NAME = "app.kubernetes.io/name";

/** What of an environment is measured: every service, and the stores that services use. */
export function scrapeTargets(
  settings: Settings,
  services: readonly ServiceDescription[],
): ScrapeTargetArgs[] {
  const { namespace } = settings;
  return [
    {
      name: "services",
      namespace,
      podLabels: { "app.kubernetes.io/component": "service" },
      port: "admin",
      portNumber: ADMIN_PORT,
    },
    ...(services.some((service) => service.database === "postgres") ? [postgres(namespace)] : []),
    ...(services.some((service) => service.cache === "redis") ? redis(settings) : []),
    // CloudWatch measures that of a cloud.
    ...(settings.broker.kind === "cluster" && services.some(usesBroker) ? rabbitmq(namespace) : []),
  ];
}

const postgres = (namespace: string): ScrapeTargetArgs => ({
  name: "postgres",
  job: "postgres",
  namespace,
  podLabels: { [NAME]: POSTGRES_EXPORTER },
  port: METRICS,
  portNumber: POSTGRES_EXPORTER_PORT,
});

/** One exporter is asked for each server in turn; the series are the server's. */
const redis = (settings: Settings): ScrapeTargetArgs[] =>
  redisServers(settings).map(({ pod, url }) => ({
    name: pod,
    job: "redis",
    namespace: settings.namespace,
    podLabels: { [NAME]: REDIS_EXPORTER },
    port: METRICS,
    portNumber: REDIS_EXPORTER_PORT,
    path: "/scrape",
    parameters: { target: [url] },
    labels: { pod },
  }));

/** The nodes, and their queues one by one, which are at another path. */
const rabbitmq = (namespace: string): ScrapeTargetArgs[] => {
  const node = {
    job: "rabbitmq",
    namespace,
    podLabels: { [NAME]: "rabbitmq" },
    port: METRICS,
    portNumber: METRICS_PORT,
  };
  return [
    { ...node, name: "rabbitmq" },
    {
      ...node,
      name: "rabbitmq-queues",
      job: "rabbitmq-queues",
      path: "/metrics/detailed",
      parameters: { family: ["queue_coarse_metrics", "queue_consumer_count"] },
    },
  ];
};
