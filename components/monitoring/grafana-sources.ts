/** What Grafana asks, and how it gets there. */

import { allowTo, namespace as everyPodOf } from "../network-policy/rules.ts";
import type { GrafanaArgs } from "./args.ts";
import { PROMETHEUS_PORT } from "./prometheus.ts";

/** By this the dashboards know their data source. */
export const DATASOURCE = "prometheus";

/** By this a point of a panel leads to the trace that it names. */
const TRACES = "traces";

/** Its data sources, as it is told them when it starts. */
export const datasources = ({ tracesUrl, logsUrl }: GrafanaArgs) => ({
  apiVersion: 1,
  datasources: [
    {
      name: "Prometheus",
      uid: DATASOURCE,
      type: "prometheus",
      access: "proxy",
      url: `http://prometheus:${PROMETHEUS_PORT}`,
      isDefault: true,
      editable: false,
      jsonData: {
        timeInterval: "15s",
        ...(tracesUrl === undefined
          ? {}
          : { exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: TRACES }] }),
      },
    },
    ...(tracesUrl === undefined
      ? []
      : [{ name: "Traces", uid: TRACES, type: "jaeger", access: "proxy", url: tracesUrl, editable: false }]),
    ...(logsUrl === undefined ? [] : [logs(logsUrl, tracesUrl !== undefined)]),
  ],
});

/** Loki. A line leads to the trace that it names. */
const logs = (url: string, isTraced: boolean) => ({
  name: "Logs",
  uid: "logs",
  type: "loki",
  access: "proxy",
  url,
  editable: false,
  jsonData: isTraced
    ? {
        derivedFields: [
          {
            name: "trace",
            matcherRegex: '"traceId":"(\\w+)"',
            url: "$${__value.raw}",
            datasourceUid: TRACES,
          },
        ],
      }
    : {},
});

/** The way to those that are in other namespaces. */
export const sourcesEgress = ({ tracesUrl, logsUrl }: GrafanaArgs) =>
  [tracesUrl, logsUrl].flatMap((url) => {
    if (url === undefined) return [];
    const { hostname, port } = new URL(url);
    const [, namespace = ""] = hostname.split(".");
    return allowTo([everyPodOf(namespace)], [Number(port)]);
  });
