/** Has the environment watched, as its settings ask for. */

import type * as pulumi from "@pulumi/pulumi";
import { publicUrl } from "./cluster.ts";
import type { KeyRing } from "./components/credentials.ts";
import type { ImageSource } from "./components/image/source.ts";
import { LOKI, LOKI_PORT } from "./components/logs/names.ts";
import type { GrafanaArgs, MonitoringStackArgs } from "./components/monitoring/args.ts";
import { redisServers } from "./components/platform/exporters.ts";
import type { OutsideArgs } from "./components/platform/platform.ts";
import { scrapeTargets } from "./components/platform/targets.ts";
import { tracesUrl } from "./components/platform/traces.ts";
import { ruleGroups } from "./observability/alerts/index.ts";
import { EXPORTED } from "./observability/metrics/exported.ts";
import type { Scope } from "./observability/scope.ts";
import type { ServiceDescription } from "./services/description.ts";
import type { BuiltinMonitoring } from "./settings/monitoring.ts";
import type { Settings } from "./settings.ts";

/** What is watched, and what that is made from. */
export interface MonitoringArgs {
  readonly settings: Settings;
  readonly services: readonly ServiceDescription[];
  readonly images: ImageSource;
  readonly keys: KeyRing;
  /** What of the cluster is no pod. */
  readonly outside?: OutsideArgs;
}

/** Makes what watches the environment, at once: its images are then built together with all others. */
export type MakeMonitoring = (args: MonitoringArgs, options: pulumi.CustomResourceOptions) => void;

/** Loads what watches the environment; nothing where the stack asks for nothing. */
export async function loadMonitoring({
  monitoring,
  monitoringNamespace,
  namespace,
}: Settings): Promise<MakeMonitoring> {
  if (monitoring.kind === "none") return () => {};
  if (monitoring.kind === "operator") {
    const { OperatorMonitors } = await import("./components/monitoring/operator.ts");
    return (args, options) =>
      void new OperatorMonitors(
        namespace,
        { namespace, ...watched(args), labels: { ...monitoring.labels } },
        options,
      );
  }
  const { MonitoringStack } = await import("./components/monitoring/stack.ts");
  // Grafana's builders of dashboards are heavy, and of no use where there is no Grafana.
  const dashboards =
    monitoring.grafana === undefined
      ? undefined
      : (await import("./observability/dashboards/for-grafana.ts")).dashboards;
  const models = monitoring.viewer
    ? (await import("./observability/dashboards/index.ts")).dashboardModels
    : undefined;
  return (args, options) => {
    const pages: Pages = {
      ...(dashboards && { grafana: grafanaArgs(args, monitoring, dashboards(scopeOf(args))) }),
      ...(models && { viewer: { dashboards: JSON.stringify(models(scopeOf(args))) } }),
    };
    new MonitoringStack(monitoringNamespace, stackArgs(args, monitoring, pages), options);
  };
}

/** Where people look at dashboards. */
type Pages = Pick<MonitoringStackArgs, "grafana" | "viewer">;

function stackArgs(args: MonitoringArgs, monitoring: BuiltinMonitoring, pages: Pages): MonitoringStackArgs {
  const { settings, images, outside } = args;
  const { kind: _kind, grafana: _grafana, viewer: _viewer, alertWebhook, heartbeat, ...same } = monitoring;
  // No pod gets from a sandbox to the loopback of the machine, where it is reached.
  const url = settings.cluster.kind === "sandbox" ? null : publicUrl(settings);
  return {
    environment: settings.environment,
    ...watched(args),
    ...same,
    images: {
      prometheus: images.thirdParty("prometheus"),
      alertmanager: images.thirdParty("alertmanager"),
      nodeExporter: images.thirdParty("node-exporter"),
      kubeStateMetrics: images.thirdParty("kube-state-metrics"),
      ...(url === null ? {} : { blackboxExporter: images.thirdParty("blackbox-exporter") }),
      ...(pages.grafana === undefined ? {} : { grafana: images.thirdParty("grafana") }),
      ...(pages.viewer === undefined ? {} : { viewer: images.service("viewer") }),
    },
    containerMetrics: [...EXPORTED.cadvisor],
    kubeletMetrics: [...EXPORTED.kubelet],
    stateMetrics: [...EXPORTED.state],
    publicUrls: url === null ? [] : [`${url}/`],
    queriers: settings.autoscaling.kind === "keda" ? [settings.autoscaling.namespace] : [],
    ...(settings.storageClass === undefined ? {} : { storageClass: settings.storageClass }),
    ...(alertWebhook === undefined ? {} : { alertWebhook }),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...pages,
    dnsAddresses: outside?.dnsAddresses ?? [],
  };
}

function grafanaArgs(
  { settings: { ingress, namespace, tracing, logs }, keys }: MonitoringArgs,
  { grafana }: BuiltinMonitoring,
  dashboards: Readonly<Record<string, unknown>>,
): GrafanaArgs {
  return {
    adminPassword: keys.password("grafana/admin"),
    dashboards: Object.fromEntries(
      Object.entries(dashboards).map(([name, dashboard]) => [name, JSON.stringify(dashboard)]),
    ),
    ...(tracing.kind === "builtin" ? { tracesUrl: tracesUrl(namespace) } : {}),
    ...(logs.kind === "builtin" ? { logsUrl: `http://${LOKI}.${logs.namespace}:${LOKI_PORT}` } : {}),
    ingressClass: ingress.className,
    ingressNamespace: ingress.namespace,
    ...(grafana?.host === undefined ? {} : { host: grafana.host }),
    ...(grafana?.tlsSecret === undefined ? {} : { tlsSecret: grafana.tlsSecret }),
  };
}

/** What is measured, and when somebody is told. */
const watched = (args: MonitoringArgs) => ({
  targets: scrapeTargets(args.settings, args.services),
  rules: JSON.stringify({ groups: ruleGroups(scopeOf(args)) }, undefined, 1),
});

/** What alerts and dashboards are about. */
const scopeOf = ({ settings, services }: MonitoringArgs): Scope => ({
  namespace: settings.namespace,
  services,
  resources: Object.fromEntries(
    Object.entries(settings.services).map(([name, { resources }]) => [name, resources]),
  ),
  redisReplicas: redisServers(settings).length,
});
