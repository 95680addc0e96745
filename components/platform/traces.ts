import type * as pulumi from "@pulumi/pulumi";
import type { TracingSettings } from "../../settings/tracing.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { OTLP_PORT, QUERY_PORT } from "../tracing/configuration.ts";
import { TraceStore } from "../tracing/trace-store.ts";
import { type Make, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";

const NAME = "jaeger";

/** Where services send what they record; nothing where they record nothing. */
export const traces: Make = (parent, namespace, args) => {
  const store = traceStore(parent, namespace, args);
  return store && { uses: () => true, store, secrets: () => [] };
};

function traceStore(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  { settings, services, images }: PlatformArgs,
): StoreArgs | undefined {
  const { tracing } = settings;
  if (tracing.kind === "none") return undefined;
  if (tracing.kind === "otlp") return receiverOf(tracing.endpoint);
  const { retention, storage, resources } = tracing;
  const store = new TraceStore(
    NAME,
    {
      namespace,
      image: images.thirdParty(NAME),
      ...volumes(settings),
      storage,
      retention,
      resources,
      clients: services.map((service) => service.name),
      monitoringNamespace: settings.monitoringNamespace,
    },
    { parent },
  );
  return { name: NAME, ports: store.ports };
}

/** Where the environment's own store shows traces to pods of other namespaces. */
export const tracesUrl = (namespace: string): string => `http://${NAME}.${namespace}:${QUERY_PORT}`;

/** Variables that tell a service where to send spans, and how many traces to begin. */
export function tracingEnvironment(tracing: TracingSettings): Record<string, string> {
  if (tracing.kind === "none") return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: tracing.kind === "otlp" ? tracing.endpoint : `http://${NAME}:${OTLP_PORT}`,
    OTEL_TRACES_SAMPLER_ARG: String(tracing.ratio),
  };
}

/** Ports by which services reach a receiver on the internet. */
export const tracingInternetPorts = (tracing: TracingSettings): number[] =>
  tracing.kind === "otlp" && receiverOf(tracing.endpoint) === undefined
    ? [portOf(new URL(tracing.endpoint))]
    : [];

/** A Service's name in a cluster. */
const SERVICE_NAME = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?)?$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * A receiver that somebody else runs: a Service of this namespace (`http://collector:4318`) or of another one
 * (`http://collector.observability.svc:4318`), whose pods listen on the port that the Service has; or an address.
 *
 * @returns undefined for anything else, which is on the internet.
 */
function receiverOf(endpoint: string): StoreArgs | undefined {
  const url = new URL(endpoint);
  const { hostname } = url;
  const ports = [portOf(url)];
  if (IPV4.test(hostname)) return { name: hostname, ports, cidrs: [`${hostname}/32`] };
  const [, name, namespace] = SERVICE_NAME.exec(hostname) ?? [];
  if (name === undefined) return undefined;
  return { name, ports, ...(namespace === undefined ? {} : { namespace }) };
}

const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
