import * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { labelSteps, metricSteps, type ScrapeTargetArgs } from "./targets.ts";

/** What {@link OperatorMonitors} are made from. Their name is also that of the rules. */
export interface OperatorMonitorsArgs {
  /**
   * Namespace that the objects are made in.
   *
   * @example "shop"
   */
  namespace: pulumi.Input<string>;
  /** What is measured; nodes and containers are measured by the operator's own objects. */
  targets: ScrapeTargetArgs[];
  /**
   * Rules as a file that Prometheus reads.
   *
   * @example JSON.stringify({ groups: ruleGroups(scope) })
   */
  rules: string;
  /**
   * Labels by which the operator's Prometheus knows the objects that are meant for it.
   *
   * @default {}
   * @example { release: "kube-prometheus-stack" }
   */
  labels?: Record<string, string>;
}

/**
 * Tells the Prometheus operator what to measure and when to raise an alarm: a PodMonitor for each target, and a
 * PrometheusRule.
 *
 * @example
 * new OperatorMonitors("tradestack", {
 *   namespace: "shop",
 *   targets: [{ name: "services", namespace: "shop", podLabels: { "app.kubernetes.io/component": "service" }, port: "admin", portNumber: 9090 }],
 *   rules: JSON.stringify({ groups: [] }),
 *   labels: { release: "kube-prometheus-stack" },
 * });
 */
export class OperatorMonitors extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorMonitorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tradestack:index:OperatorMonitors", name, {}, opts);
    const child = { parent: this };
    const metadata = (object: string) => ({
      name: object,
      namespace: args.namespace,
      labels: { ...labels(object, "monitoring"), ...args.labels },
    });
    for (const target of args.targets) {
      new CustomResource(
        `${target.name}-monitor`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PodMonitor",
          metadata: metadata(target.name),
          spec: podMonitor(target),
        },
        child,
      );
    }
    new CustomResource(
      `${name}-rules`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: metadata(name),
        spec: JSON.parse(args.rules) as { groups: object[] },
      },
      child,
    );
    this.registerOutputs();
  }
}

/** A target as the operator has it. Its own step makes the container's port the first condition. */
export function podMonitor(target: ScrapeTargetArgs) {
  return {
    namespaceSelector: { matchNames: [target.namespace] },
    selector: { matchLabels: target.podLabels },
    podMetricsEndpoints: [
      {
        port: target.port,
        path: target.path ?? "/metrics",
        ...(target.parameters === undefined ? {} : { params: target.parameters }),
        relabelings: labelSteps(target),
        metricRelabelings: metricSteps(target.metrics),
      },
    ],
  };
}
