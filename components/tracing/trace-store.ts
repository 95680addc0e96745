import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum } from "../checksum.ts";
import { goMemoryLimit } from "../go-memory.ts";
import { ConfigMap, Service, StatefulSet } from "../kubernetes.ts";
import { labels, NOT_AWAITED, selectorLabels } from "../labels.ts";
import { podTemplate } from "../monitoring/pod.ts";
import { patiently, storePolicy, tokenlessAccount, volumeClaims } from "../stateful.ts";
import type { StoreOptions } from "../store-options.ts";
import { transformed } from "../transform.ts";
import type { TraceStoreArgs } from "./args.ts";
import { DATA, HEALTH_PORT, jaegerConfiguration, OTLP_PORT, QUERY_PORT } from "./configuration.ts";

const COMPONENT = "tracing";
const CONFIGURATION = "/etc/jaeger";
/**
 * Part of the memory limit at which garbage is collected harder, rather than have the pod ended. Badger maps files into
 * memory besides: after 130,000 spans at 5,000 a second it had 100 MiB more than this.
 */
const MEMORY_SHARE = 0.6;

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "20m", limit: "1" },
  memory: { request: "128Mi", limit: "512Mi" },
};

/**
 * Jaeger on a durable volume: takes spans from its clients and shows them to who comes by `kubectl port-forward`, and to
 * Grafana where its namespace is named. While it is away spans are lost, and nothing else happens.
 *
 * @example
 * const traces = new TraceStore("jaeger", {
 *   namespace: "shop", image: "docker.io/jaegertracing/jaeger:2.13.0", storage: "5Gi", clients: ["order"],
 * });
 * new Microservice("order", { ..., environment: { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url } });
 */
export class TraceStore extends pulumi.ComponentResource {
  /** Where clients send spans, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** TCP ports that clients connect to. */
  readonly ports: number[] = [OTLP_PORT];

  constructor(name: string, args: TraceStoreArgs, options: StoreOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:TraceStore", name, args, opts);
    const child = { parent: this };
    const { namespace } = args;
    const metadata = { name, namespace, labels: labels(name, COMPONENT) };
    const resources = args.resources ?? DEFAULT_RESOURCES;
    const account = tokenlessAccount(this, name, COMPONENT, namespace, transform);
    // Whoever reads metrics draws dashboards, too, and there people go on from a request to its trace.
    const ports = { clients: this.ports, peers: [], metrics: [QUERY_PORT] };
    storePolicy(this, name, COMPONENT, args, ports, transform);
    const data = {
      "config.json": JSON.stringify(jaegerConfiguration(args.retention ?? "72h"), undefined, 2),
    };
    const configuration = new ConfigMap(
      `${name}-config`,
      transformed({ metadata, data }, transform.configMap),
      child,
    );
    const service = new Service(
      `${name}-service`,
      transformed(
        {
          metadata: { ...metadata, annotations: NOT_AWAITED },
          spec: {
            selector: selectorLabels(name),
            ports: [
              { name: "otlp", port: OTLP_PORT, targetPort: "otlp" },
              { name: "query", port: QUERY_PORT, targetPort: "query" },
            ],
          },
        },
        transform.service,
      ),
      child,
    );
    const template = podTemplate({
      name,
      component: COMPONENT,
      image: args.image,
      args: [`--config=file:${CONFIGURATION}/config.json`],
      env: [goMemoryLimit(resources, MEMORY_SHARE)],
      port: HEALTH_PORT,
      portName: "health",
      otherPorts: { otlp: OTLP_PORT, query: QUERY_PORT },
      ready: "/status",
      alive: "/status",
      resources,
      volumes: [{ name: "configuration", configMap: { name: configuration.metadata.name } }],
      mounts: [
        { name: "data", mountPath: DATA },
        { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
      ],
      checksum: checksum(data),
      graceSeconds: 30,
    });
    const spec = {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selectorLabels(name) },
      template,
      volumeClaimTemplates: volumeClaims(name, args),
    };
    new StatefulSet(`${name}-server`, transformed({ metadata, spec }, transform.statefulSet), {
      ...patiently(this, args),
      dependsOn: [account, service],
    });
    this.url = `http://${name}:${OTLP_PORT}`;
    this.registerOutputs({ url: this.url, ports: this.ports });
  }
}
