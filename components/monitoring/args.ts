import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { ScrapeTargetArgs } from "./targets.ts";

/** Images of a {@link MonitoringStack}: the official ones, or some that take the same arguments and paths. */
export interface MonitoringImages {
  /**
   * Prometheus.
   *
   * @example "quay.io/prometheus/prometheus:v3.14.0"
   */
  prometheus: Input<string>;
  /**
   * Alertmanager.
   *
   * @example "quay.io/prometheus/alertmanager:v0.34.2"
   */
  alertmanager: Input<string>;
  /**
   * node-exporter.
   *
   * @example "quay.io/prometheus/node-exporter:v1.12.1"
   */
  nodeExporter: Input<string>;
  /**
   * kube-state-metrics; needed where there are `stateMetrics`.
   *
   * @default none
   * @example "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0"
   */
  kubeStateMetrics?: Input<string>;
  /**
   * blackbox-exporter; needed where there are `publicUrls`.
   *
   * @default none
   * @example "quay.io/prometheus/blackbox-exporter:v0.27.0"
   */
  blackboxExporter?: Input<string>;
  /**
   * Grafana; needed where there are `grafana` arguments.
   *
   * @default none
   * @example "docker.io/grafana/grafana:13.1.0"
   */
  grafana?: Input<string>;
  /**
   * The viewer of this repository; needed where there are `viewer` arguments.
   *
   * @default none
   * @example "registry.example.com/shop/viewer:5d1f6a0c9b3e7f42"
   */
  viewer?: Input<string>;
}

/** Dashboards to look at where there is no Grafana. */
export interface ViewerArgs {
  /**
   * What dashboards show, by name, as JSON.
   *
   * @example JSON.stringify(dashboardModels(scope))
   */
  dashboards: string;
}

/** Pages with dashboards. */
export interface GrafanaArgs {
  /**
   * Password of the user `admin`.
   *
   * @example config.requireSecret("grafanaPassword")
   */
  adminPassword: Input<string>;
  /**
   * Dashboards as Grafana's JSON, by name.
   *
   * @example { "platform-overview": "{ … }" }
   */
  dashboards: Record<string, string>;
  /**
   * Where traces are, as Jaeger's API shows them: in the cluster, by the name of its Service and namespace.
   *
   * @default none: there are no traces
   * @example "http://jaeger.shop:16686"
   */
  tracesUrl?: string;
  /**
   * Where logs are, as Loki shows them: in the cluster, by the name of its Service and namespace.
   *
   * @default none: there are no logs
   * @example "http://loki.logs:3100"
   */
  logsUrl?: string;
  /**
   * Host name that it is reached by from outside; always with TLS.
   *
   * @default none: `kubectl port-forward` leads to it
   * @example "grafana.example.com"
   */
  host?: string;
  /**
   * Name of the TLS Secret in its namespace, for `host`.
   *
   * @default none: the ingress controller has a certificate of its own
   * @example "grafana-tls"
   */
  tlsSecret?: string;
  /**
   * Class of its Ingress.
   *
   * @default "nginx"
   */
  ingressClass?: string;
  /**
   * Namespace of the ingress controller's pods.
   *
   * @default the class
   * @example "ingress-nginx"
   */
  ingressNamespace?: string;
}

/** What a {@link MonitoringStack} is made from. Its name is also that of the namespace that it makes for itself. */
export interface MonitoringStackArgs {
  /**
   * Which environment it watches.
   *
   * @example "staging"
   */
  environment: string;
  /** Images. */
  images: MonitoringImages;
  /** What is measured, besides the nodes and their containers. */
  targets: ScrapeTargetArgs[];
  /**
   * Rules as a file that Prometheus reads.
   *
   * @example JSON.stringify({ groups: ruleGroups(scope) })
   */
  rules: string;
  /**
   * Names of the metrics that are kept of containers.
   *
   * @example ["container_cpu_usage_seconds_total"]
   */
  containerMetrics: string[];
  /**
   * Names of the metrics that are kept of kubelets.
   *
   * @example ["kubelet_volume_stats_available_bytes"]
   */
  kubeletMetrics: string[];
  /**
   * Names of the metrics that are told of what Kubernetes wants to be, such as how many replicas there should be.
   *
   * @default []: there is no kube-state-metrics
   * @example ["kube_deployment_spec_replicas"]
   */
  stateMetrics?: string[];
  /**
   * Addresses that people use, which are asked for every minute.
   *
   * @default []
   * @example ["https://shop.example.com/"]
   */
  publicUrls?: string[];
  /**
   * Namespaces whose pods may ask Prometheus, too, such as an autoscaler's.
   *
   * @default []
   * @example ["keda"]
   */
  queriers?: string[];
  /**
   * How long series are kept.
   *
   * @default "15d"
   */
  retention?: string;
  /**
   * Size of Prometheus' volume, of which series take four fifths. It is fixed once made.
   *
   * @default "10Gi"
   */
  storage?: string;
  /**
   * Class of the volumes.
   *
   * @default the cluster's default class
   * @example "gp3"
   */
  storageClass?: string;
  /**
   * What Prometheus requests and may use at the most.
   *
   * @default 50m to 1 CPU, 256Mi to 768Mi
   */
  resources?: Resources;
  /**
   * URL that alerts are sent to, and their end.
   *
   * @default none: they are seen on Alertmanager's page alone
   * @example config.requireSecret("alertWebhook")
   */
  alertWebhook?: Input<string>;
  /**
   * URL that is sent a sign of life each minute, and raises an alarm when there is none.
   *
   * @default none
   * @example "https://hc.example.com/ping/shop"
   */
  heartbeat?: Input<string>;
  /**
   * Whether kubelets have certificates of the cluster's authority.
   *
   * @default true
   */
  verifyKubelets?: boolean;
  /**
   * Addresses of a DNS server that runs on the nodes instead of in pods.
   *
   * @default []: it runs in pods of kube-system
   */
  dnsAddresses?: string[];
  /**
   * Dashboards.
   *
   * @default none
   */
  grafana?: GrafanaArgs;
  /**
   * The same dashboards on a page of this repository's own, for where Grafana's image cannot be had.
   *
   * @default none
   */
  viewer?: ViewerArgs;
}
