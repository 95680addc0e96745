import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { checksum } from "../checksum.ts";
import { goMemoryLimit } from "../go-memory.ts";
import { ClusterRole, ClusterRoleBinding, ConfigMap, StatefulSet } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import {
  allowDns,
  allowFrom,
  allowTo,
  namespace as everyPodOf,
  everywhere,
  pods,
} from "../network-policy/rules.ts";
import { parseQuantity } from "../quantity.ts";
import { tokenlessAccount, volumeClaims } from "../stateful.ts";
import { letRead, watchedNamespaces } from "./access.ts";
import type { MonitoringStackArgs } from "./args.ts";
import { PATIENT, podTemplate } from "./pod.ts";
import { makePolicy, makeService, type PartMetadata } from "./reach.ts";
import {
  ALERTMANAGER_PORT,
  BLACKBOX_PORT,
  CLUSTER_PORTS,
  prometheusConfiguration,
  STATE_PORT,
} from "./scrape-config.ts";
import type { ScrapeTargetArgs } from "./targets.ts";

/** Port of Prometheus. */
export const PROMETHEUS_PORT = 9090;
const NAME = "prometheus";
const COMPONENT = "monitoring";
const PODS = [{ apiGroups: [""], resources: ["pods"] }];
const CONFIGURATION = "/etc/prometheus";
const DATA = "/prometheus";
/** Part of the volume that series may take; the rest is for the log that they are first written to. */
const SERIES_SHARE = 0.8;
/** Part of the memory limit at which garbage is collected harder, rather than have the pod ended. */
const MEMORY_SHARE = 0.85;

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: "50m", limit: "1" },
  memory: { request: "256Mi", limit: "768Mi" },
};

/**
 * Makes Prometheus: it finds its targets by itself, evaluates the rules, and keeps what it saw through a restart.
 *
 * @param name Name of the stack that it is part of.
 */
export function makePrometheus(
  parent: pulumi.ComponentResource,
  name: string,
  namespace: pulumi.Input<string>,
  args: MonitoringStackArgs,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  const access = [
    ...nodeAccess(parent, name, namespace),
    ...letRead(parent, metadata, "pods", watchedNamespaces(args.targets), PODS, ["get", "list", "watch"]),
  ];
  policy(parent, metadata, args);
  const data = {
    "prometheus.yml": JSON.stringify(
      prometheusConfiguration({
        environment: args.environment,
        targets: args.targets,
        publicUrls: args.publicUrls ?? [],
        kubelet: args.kubeletMetrics,
        containers: args.containerMetrics,
        state: args.stateMetrics?.length ? args.stateMetrics : undefined,
        verifyKubelets: args.verifyKubelets ?? true,
      }),
      undefined,
      2,
    ),
    "rules.json": args.rules,
  };
  const configuration = new ConfigMap(`${NAME}-config`, { metadata, data }, child);
  makeService(parent, metadata, PROMETHEUS_PORT);
  const storage = args.storage ?? "10Gi";
  const resources = args.resources ?? DEFAULT_RESOURCES;
  new StatefulSet(
    `${NAME}-server`,
    {
      metadata: {
        ...metadata,
        annotations: {
          "policy.tradestack.dev/service-account-token":
            "Prometheus asks the API server which pods and nodes there are, with a token that may do nothing else",
        },
      },
      spec: {
        replicas: 1,
        serviceName: NAME,
        selector: { matchLabels: selectorLabels(NAME) },
        template: podTemplate({
          name: NAME,
          component: COMPONENT,
          image: args.images.prometheus,
          args: [
            `--config.file=${CONFIGURATION}/prometheus.yml`,
            `--storage.tsdb.path=${DATA}`,
            // Services name requests as examples of what they count, by their traces.
            "--enable-feature=exemplar-storage",
            `--storage.tsdb.retention.time=${args.retention ?? "15d"}`,
            `--storage.tsdb.retention.size=${Math.floor((parseQuantity(storage) ?? 0) * SERIES_SHARE)}B`,
          ],
          env: [goMemoryLimit(resources, MEMORY_SHARE)],
          port: PROMETHEUS_PORT,
          ready: "/-/ready",
          alive: "/-/healthy",
          resources,
          volumes: [{ name: "configuration", configMap: { name: configuration.metadata.name } }],
          mounts: [
            { name: "data", mountPath: DATA },
            { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
          ],
          checksum: checksum(data),
          token: true,
          graceSeconds: 60,
        }),
        volumeClaimTemplates: volumeClaims(NAME, { ...args, storage }),
      },
    },
    { ...child, ...PATIENT, dependsOn: [account, ...access] },
  );
}

/** Nodes and their metrics, which belong to no namespace: two stacks in a cluster have a role each. */
function nodeAccess(
  parent: pulumi.ComponentResource,
  stack: string,
  namespace: pulumi.Input<string>,
): pulumi.Resource[] {
  const metadata = { name: `tradestack-${stack}-${NAME}`, labels: labels(NAME, COMPONENT) };
  const role = new ClusterRole(
    `${NAME}-nodes`,
    {
      metadata,
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      ],
    },
    { parent },
  );
  const binding = new ClusterRoleBinding(
    `${NAME}-nodes`,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
    },
    { parent },
  );
  return [binding];
}

/** In: who draws dashboards, and who scales by what is measured. Out: what is measured, Alertmanager, and the API server and kubelets, which are no pods. */
function policy(parent: pulumi.ComponentResource, metadata: PartMetadata, args: MonitoringStackArgs): void {
  const watched = watchedNamespaces(args.targets).map((name) => ({
    peer: everyPodOf(name),
    ports: portsOf(args.targets.filter((target) => target.namespace === name)),
  }));
  makePolicy(parent, metadata, {
    ingress: allowFrom(
      [
        ...(args.grafana === undefined ? [] : [pods("grafana")]),
        ...(args.viewer === undefined ? [] : [pods("viewer")]),
        ...(args.queriers ?? []).map((name) => everyPodOf(name)),
      ],
      [PROMETHEUS_PORT],
    ),
    egress: [
      allowDns,
      ...watched.flatMap(({ peer, ports }) => allowTo([peer], ports)),
      ...allowTo([pods("alertmanager")], [ALERTMANAGER_PORT]),
      ...(args.publicUrls?.length ? allowTo([pods("blackbox-exporter")], [BLACKBOX_PORT]) : []),
      ...(args.stateMetrics?.length ? allowTo([pods("kube-state-metrics")], [STATE_PORT]) : []),
      ...allowTo([everywhere], CLUSTER_PORTS),
    ],
  });
}

const portsOf = (targets: readonly ScrapeTargetArgs[]): number[] =>
  [...new Set(targets.map((target) => target.portNumber))].sort((a, b) => a - b);
