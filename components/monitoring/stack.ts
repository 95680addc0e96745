import * as pulumi from "@pulumi/pulumi";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { EnvironmentNamespace } from "../namespace/namespace.ts";
import { makeAlertmanager } from "./alertmanager.ts";
import type { MonitoringStackArgs } from "./args.ts";
import { makeBlackboxExporter } from "./blackbox-exporter.ts";
import { makeGrafana } from "./grafana.ts";
import { makeKubeStateMetrics } from "./kube-state-metrics.ts";
import { makeNodeExporter, NODE_EXPORTER_PORT } from "./node-exporter.ts";
import { METRICS } from "./pod.ts";
import { makePrometheus } from "./prometheus.ts";
import type { ScrapeTargetArgs } from "./targets.ts";
import { makeViewer } from "./viewer.ts";

/** Options of a {@link MonitoringStack} in TypeScript programs. */
export type MonitoringStackOptions = ChildOptions<
  | "configMap"
  | "daemonSet"
  | "deployment"
  | "ingress"
  | "networkPolicy"
  | "secret"
  | "service"
  | "serviceAccount"
  | "statefulSet"
>;

/**
 * Prometheus, Alertmanager and node-exporter in a namespace of their own, and Grafana or the viewer where its arguments
 * are given.
 * Nobody gets in but through `kubectl port-forward`, or Grafana's Ingress and login.
 *
 * @example
 * new MonitoringStack("monitoring", {
 *   environment: "staging",
 *   images: { prometheus: "quay.io/prometheus/prometheus:v3.14.0", alertmanager: "…", nodeExporter: "…" },
 *   targets: [{ name: "services", namespace: "shop", podLabels: { "app.kubernetes.io/component": "service" }, port: "admin", portNumber: 9090 }],
 *   rules: JSON.stringify({ groups: [] }),
 *   containerMetrics: ["container_cpu_usage_seconds_total"],
 *   kubeletMetrics: [],
 * });
 */
export class MonitoringStack extends pulumi.ComponentResource {
  /** Its namespace. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: MonitoringStackArgs, options?: MonitoringStackOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:MonitoringStack", name, {}, childOptions(options));
    const { environment, dnsAddresses = [], images, grafana, viewer } = args;
    const { name: namespace } = new EnvironmentNamespace(
      name,
      { environment, dnsAddresses },
      { parent: this },
    );
    this.namespace = namespace;
    const nodes: ScrapeTargetArgs = {
      name: "node",
      job: "node",
      namespace: name,
      podLabels: { "app.kubernetes.io/name": "node-exporter" },
      port: METRICS,
      portNumber: NODE_EXPORTER_PORT,
    };
    const watched = { ...args, targets: [...args.targets, nodes] };
    makePrometheus(this, name, namespace, watched);
    makeAlertmanager(this, namespace, args);
    makeNodeExporter(this, namespace, args);
    if (args.stateMetrics?.length)
      makeKubeStateMetrics(this, namespace, given("kubeStateMetrics", images.kubeStateMetrics), watched);
    if (args.publicUrls?.length)
      makeBlackboxExporter(this, namespace, given("blackboxExporter", images.blackboxExporter));
    if (grafana !== undefined) makeGrafana(this, namespace, given("grafana", images.grafana), grafana);
    if (viewer !== undefined) makeViewer(this, namespace, given("viewer", images.viewer), viewer);
    this.registerOutputs({ namespace });
  }
}

function given(name: string, image: pulumi.Input<string> | undefined): pulumi.Input<string> {
  if (image !== undefined) return image;
  throw new Error(`the argument images.${name} is missing; name an image, or leave out what needs it`);
}
