import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum } from "../checksum.ts";
import { ConfigMap, StatefulSet } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { PATIENT, podTemplate } from "../monitoring/pod.ts";
import { makePolicy, makeService } from "../monitoring/reach.ts";
import { allowFrom, namespace as everyPodOf, pods } from "../network-policy/rules.ts";
import { tokenlessAccount, volumeClaims } from "../stateful.ts";
import type { LogStackArgs } from "./args.ts";
import { AGENT, LOKI, LOKI_PORT } from "./names.ts";

const COMPONENT = "logs";
/** User and group of the official image. */
const USER = 10001;
const DATA = "/loki";
const CONFIGURATION = "/etc/tradestack";
const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "50m", limit: "1" },
  memory: { request: "128Mi", limit: "512Mi" },
};

/**
 * Loki's configuration: one process with everything on one volume.
 *
 * @param retention How long lines are kept, such as `7d`.
 */
export const lokiConfiguration = (retention: string) => ({
  // Nobody gets here but the agents and Grafana; there are no tenants to tell apart.
  auth_enabled: false,
  server: { http_listen_port: LOKI_PORT, grpc_listen_address: "127.0.0.1", log_level: "warn" },
  common: {
    path_prefix: DATA,
    replication_factor: 1,
    instance_addr: "127.0.0.1",
    ring: { kvstore: { store: "inmemory" } },
    storage: { filesystem: { chunks_directory: `${DATA}/chunks`, rules_directory: `${DATA}/rules` } },
  },
  schema_config: {
    configs: [
      {
        from: "2024-01-01",
        store: "tsdb",
        object_store: "filesystem",
        schema: "v13",
        index: { prefix: "index_", period: "24h" },
      },
    ],
  },
  limits_config: {
    retention_period: retention,
    // Older ones come only from an agent that reads a file once more; of the others, Loki keeps each once.
    reject_old_samples: true,
    reject_old_samples_max_age: "24h",
    max_entries_limit_per_query: 5000,
  },
  compactor: {
    working_directory: `${DATA}/compactor`,
    retention_enabled: true,
    delete_request_store: "filesystem",
  },
  // A cache of 100 MB each, which nobody who reads logs now and then would notice.
  chunk_store_config: { chunk_cache_config: { embedded_cache: { enabled: false } } },
  query_range: { cache_results: false },
  analytics: { reporting_enabled: false },
});

/** Makes Loki: agents bring it lines, and Grafana and `npm run logs` ask for them. */
export function makeLoki(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  { images, resources, storage, storageClass, ...args }: LogStackArgs,
): void {
  const child = { parent };
  const metadata = { name: LOKI, namespace, labels: labels(LOKI, COMPONENT) };
  const account = tokenlessAccount(parent, LOKI, COMPONENT, namespace);
  const grafana =
    args.grafanaNamespace === undefined ? [] : [{ ...everyPodOf(args.grafanaNamespace), ...pods("grafana") }];
  makePolicy(parent, metadata, { ingress: allowFrom([pods(AGENT), ...grafana], [LOKI_PORT]) });
  const data = { "loki.json": JSON.stringify(lokiConfiguration(args.retention ?? "7d"), undefined, 2) };
  const configuration = new ConfigMap(`${LOKI}-config`, { metadata, data }, child);
  makeService(parent, metadata, LOKI_PORT, "http");
  new StatefulSet(
    `${LOKI}-server`,
    {
      metadata,
      spec: {
        replicas: 1,
        serviceName: LOKI,
        selector: { matchLabels: selectorLabels(LOKI) },
        template: podTemplate({
          name: LOKI,
          component: COMPONENT,
          image: images.loki,
          args: [`-config.file=${CONFIGURATION}/loki.json`],
          port: LOKI_PORT,
          portName: "http",
          ready: "/ready",
          alive: "/loki/api/v1/status/buildinfo",
          resources: resources ?? DEFAULT_RESOURCES,
          user: USER,
          volumes: [
            { name: "configuration", configMap: { name: configuration.metadata.name } },
            { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
          ],
          mounts: [
            { name: "data", mountPath: DATA },
            { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
          checksum: checksum(data),
          // What is in memory is written to the volume first.
          graceSeconds: 60,
        }),
        volumeClaimTemplates: volumeClaims(LOKI, {
          storage: storage ?? "10Gi",
          ...(storageClass === undefined ? {} : { storageClass }),
        }),
      },
    },
    { ...child, ...PATIENT, dependsOn: [account] },
  );
}
