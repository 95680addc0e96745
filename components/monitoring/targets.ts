/** What is measured, in a form that both Prometheus' own configuration and its operator's objects follow from. */

/** Pods that show metrics. */
export interface ScrapeTargetArgs {
  /**
   * What it is called; no two have the same name.
   *
   * @example "services"
   */
  name: string;
  /**
   * Namespace of the pods.
   *
   * @example "shop"
   */
  namespace: string;
  /**
   * Labels that the pods have.
   *
   * @example { "app.kubernetes.io/component": "service" }
   */
  podLabels: Record<string, string>;
  /**
   * Name of the container port.
   *
   * @example "admin"
   */
  port: string;
  /**
   * Its number, which policies let Prometheus go to.
   *
   * @example 9090
   */
  portNumber: number;
  /**
   * Label `job` of the series.
   *
   * @default the pods' label `app.kubernetes.io/name`
   * @example "postgres"
   */
  job?: string;
  /**
   * Path of the metrics.
   *
   * @default "/metrics"
   */
  path?: string;
  /**
   * Parameters of the request, each with its values.
   *
   * @default {}
   * @example { target: ["redis://redis-0.redis:6379"] }
   */
  parameters?: Record<string, string[]>;
  /**
   * Further labels of the series, which win over those of the pod.
   *
   * @default {}
   */
  labels?: Record<string, string>;
  /**
   * Names of the metrics that are kept.
   *
   * @default all of them
   * @example ["container_cpu_usage_seconds_total"]
   */
  metrics?: string[];
}

const NAME_LABEL = "app.kubernetes.io/name";

/** A step in which Prometheus changes labels before a scrape or after it. */
export interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly regex?: string;
  readonly replacement?: string;
  readonly action?: "keep" | "drop" | "replace";
}

/** Labels of the series of a target, as steps: pod, namespace and node are those of the pod. */
export function labelSteps(target: ScrapeTargetArgs): Relabeling[] {
  const job: Relabeling =
    target.job === undefined
      ? { sourceLabels: [metaLabel(NAME_LABEL)], targetLabel: "job" }
      : { targetLabel: "job", replacement: target.job };
  return [
    // A pod that has ended answers nobody.
    { sourceLabels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed", action: "drop" },
    job,
    { sourceLabels: ["__meta_kubernetes_namespace"], targetLabel: "namespace" },
    { sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "pod" },
    { sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
    ...Object.entries(target.labels ?? {}).map(([targetLabel, replacement]) => ({
      targetLabel,
      replacement,
    })),
  ];
}

/** Steps that throw out what is not asked for. */
export const metricSteps = (metrics: readonly string[] | undefined): Relabeling[] =>
  metrics === undefined
    ? []
    : [{ sourceLabels: ["__name__"], regex: [...metrics].sort().join("|"), action: "keep" }];

/** The name that Prometheus gives a label of a pod while it looks for targets. */
const metaLabel = (label: string): string =>
  `__meta_kubernetes_pod_label_${label.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
