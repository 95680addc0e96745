/** OpenTelemetry's machinery, which only a service that records spans loads. */

import type { Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { ParentBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { spanQueue } from "./span-queue.ts";
import { rootSampler } from "./trace-sampler.ts";

/** Who records, where it goes, and how much of it. */
export interface RecorderOptions {
  readonly service: { readonly name: string; readonly version: string; readonly pod: string };
  /** Base URL of an OTLP receiver. */
  readonly endpoint: string;
  /** Share of the traces that are recorded, of those that begin here. */
  readonly ratio: number;
  /** Whether what comes from outside is recorded exactly where it says so. */
  readonly trustsParents: boolean;
}

/** The store has so long to take spans, tries again included, in milliseconds. */
const TIMEOUT = 3000;

/** Opens the connection to the store of traces; it is made when there is something to send. */
export function openRecorder(
  { service, endpoint, ratio, trustsParents }: RecorderOptions,
  log: Logger,
  metrics: Metrics,
): { readonly tracer: Tracer; readonly close: () => Promise<void> } {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: TIMEOUT,
  });
  const root = rootSampler(ratio);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.namespace": "tradestack",
      "service.name": service.name,
      "service.version": service.version,
      "service.instance.id": service.pod,
    }),
    sampler: new ParentBasedSampler({
      root,
      // Somebody outside must not have everything recorded, nor choose what never is.
      ...(trustsParents ? {} : { remoteParentSampled: root, remoteParentNotSampled: root }),
    }),
    spanProcessors: [spanQueue(exporter, log, metrics)],
  });
  return { tracer: provider.getTracer("tradestack"), close: () => provider.shutdown() };
}
