/** Prometheus' own configuration. */

import { labelSteps, metricSteps, type Relabeling, type ScrapeTargetArgs } from "./targets.ts";

/** What the configuration follows from. */
export interface ScrapeConfiguration {
  readonly environment: string;
  readonly targets: readonly ScrapeTargetArgs[];
  /** Addresses that people use, such as `https://shop.example.com/`. */
  readonly publicUrls: readonly string[];
  /** Metrics that are kept of the kubelets, and of the containers that they run. */
  readonly kubelet: readonly string[];
  readonly containers: readonly string[];
  /** Metrics that are kept of kube-state-metrics; undefined: there is none. */
  readonly state: readonly string[] | undefined;
  /** Whether the kubelets' certificates are signed by the cluster's authority, and so can be checked. */
  readonly verifyKubelets: boolean;
}

/** Seconds between two measurements. */
const INTERVAL = 15;
const CREDENTIALS = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Ports that the API server is asked at, by its Service and by itself. */
export const API_SERVER_PORTS: readonly number[] = [443, 6443];
/** Ports that Prometheus asks on its way to metrics of the cluster itself: the API server, and the kubelets. */
export const CLUSTER_PORTS: readonly number[] = [...API_SERVER_PORTS, 10250];
/** Port of kube-state-metrics. */
export const STATE_PORT = 8080;
/** Port of Alertmanager. */
export const ALERTMANAGER_PORT = 9093;
/** Port of the blackbox exporter. */
export const BLACKBOX_PORT = 9115;

/** The configuration as a value; JSON of it is YAML, which Prometheus reads. */
export function prometheusConfiguration(settings: ScrapeConfiguration) {
  const { environment, targets, publicUrls, state } = settings;
  return {
    global: {
      scrape_interval: `${INTERVAL}s`,
      evaluation_interval: `${INTERVAL}s`,
      external_labels: { environment },
    },
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`alertmanager:${ALERTMANAGER_PORT}`] }] }],
    },
    rule_files: ["/etc/prometheus/rules.json"],
    scrape_configs: [
      ...targets.map(podJob),
      kubeletJob("kubelet", "/metrics", settings.kubelet, settings),
      kubeletJob("cadvisor", "/metrics/cadvisor", settings.containers, settings),
      ...(state === undefined ? [] : [stateJob(state)]),
      { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
      { job_name: "alertmanager", static_configs: [{ targets: [`alertmanager:${ALERTMANAGER_PORT}`] }] },
      ...(publicUrls.length === 0 ? [] : [probeJob(publicUrls)]),
    ],
  };
}

function podJob(target: ScrapeTargetArgs) {
  const { name, namespace, podLabels, port, path = "/metrics", parameters = {}, metrics } = target;
  const label = Object.entries(podLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return {
    job_name: name,
    metrics_path: path,
    params: parameters,
    kubernetes_sd_configs: [
      { role: "pod", namespaces: { names: [namespace] }, selectors: [{ role: "pod", label }] },
    ],
    relabel_configs: [
      keep("__meta_kubernetes_pod_container_port_name", port),
      ...labelSteps(target).map(written),
    ],
    metric_relabel_configs: metricSteps(metrics).map(written),
  };
}

function kubeletJob(
  job: string,
  path: string,
  metrics: readonly string[],
  { verifyKubelets }: ScrapeConfiguration,
) {
  return {
    job_name: job,
    scheme: "https",
    metrics_path: path,
    authorization: { credentials_file: `${CREDENTIALS}/token` },
    tls_config: verifyKubelets ? { ca_file: `${CREDENTIALS}/ca.crt` } : { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [written({ sourceLabels: ["__meta_kubernetes_node_name"], targetLabel: "node" })],
    metric_relabel_configs: metricSteps(metrics).map(written),
  };
}

/** Its series are about other pods than its own: the labels are theirs. */
const stateJob = (metrics: readonly string[]) => ({
  job_name: "kube-state-metrics",
  honor_labels: true,
  static_configs: [{ targets: [`kube-state-metrics:${STATE_PORT}`] }],
  metric_relabel_configs: metricSteps(metrics).map(written),
});

function probeJob(urls: readonly string[]) {
  return {
    job_name: "blackbox",
    metrics_path: "/probe",
    params: { module: ["http_2xx"] },
    scrape_interval: "60s",
    static_configs: [{ targets: urls }],
    relabel_configs: [
      { sourceLabels: ["__address__"], targetLabel: "__param_target" },
      { sourceLabels: ["__param_target"], targetLabel: "instance" },
      { targetLabel: "__address__", replacement: `blackbox-exporter:${BLACKBOX_PORT}` },
    ].map(written),
  };
}

const keep = (label: string, regex: string) => written({ sourceLabels: [label], regex, action: "keep" });

/** As Prometheus' own configuration has it; the operator's objects have other names for the same. */
const written = ({ sourceLabels, targetLabel, ...same }: Relabeling) => ({
  ...(sourceLabels === undefined ? {} : { source_labels: sourceLabels }),
  ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
  ...same,
});
