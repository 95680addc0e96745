/** Port that spans are sent to, as OTLP by HTTP. */
export const OTLP_PORT = 4318;
/** Port of Jaeger's page and API, by which traces are looked at. */
export const QUERY_PORT = 16686;
/** Port that tells whether it is well. */
export const HEALTH_PORT = 13133;
/** Where the volume is. */
export const DATA = "/badger";

const everywhere = (port: number) => ({ endpoint: `0.0.0.0:${port}` });
/** The one store that it has. */
const BACKEND = "spans";

/**
 * Jaeger's configuration: spans come in by OTLP and nothing else, and stay on the volume.
 *
 * @param retention Such as `72h`.
 */
export const jaegerConfiguration = (retention: string) => ({
  service: {
    extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
    pipelines: {
      traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] },
    },
    // It is not measured itself: services count what it does not take.
    telemetry: { metrics: { level: "none" } },
  },
  receivers: { otlp: { protocols: { http: everywhere(OTLP_PORT) } } },
  processors: { batch: {} },
  exporters: { jaeger_storage_exporter: { trace_storage: BACKEND } },
  extensions: {
    healthcheckv2: { use_v2: true, http: everywhere(HEALTH_PORT) },
    jaeger_query: { storage: { traces: BACKEND }, http: everywhere(QUERY_PORT) },
    jaeger_storage: {
      backends: {
        [BACKEND]: {
          badger: {
            directories: { keys: `${DATA}/keys`, values: `${DATA}/values` },
            ephemeral: false,
            ttl: { spans: retention },
          },
        },
      },
    },
  },
});
