import type * as pulumi from "@pulumi/pulumi";
import { Deployment } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowFrom, allowTo, everywhere, pods } from "../network-policy/rules.ts";
import { tokenlessAccount } from "../stateful.ts";
import { letRead, type Readable, watchedNamespaces } from "./access.ts";
import type { MonitoringStackArgs } from "./args.ts";
import { podTemplate } from "./pod.ts";
import { makePolicy, makeService } from "./reach.ts";
import { API_SERVER_PORTS, STATE_PORT } from "./scrape-config.ts";

const NAME = "kube-state-metrics";
const COMPONENT = "monitoring";
/** Metrics of itself, which nobody asks for. */
const OWN_PORT = 8081;
/** What is told of: what runs, and how many of it there should be. No Secret, and nothing that may hold one. */
const READABLE: readonly Readable[] = [
  { apiGroups: [""], resources: ["pods"] },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "statefulsets"] },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"] },
  // Of backups, and whether they succeeded.
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"] },
];

/** Makes kube-state-metrics, which tells what Kubernetes wants to be and what of it is, of the watched namespaces. */
export function makeKubeStateMetrics(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  image: pulumi.Input<string>,
  { targets, stateMetrics = [] }: MonitoringStackArgs,
): void {
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  const namespaces = watchedNamespaces(targets);
  const access = letRead(parent, metadata, "objects", namespaces, READABLE, ["list", "watch"]);
  makePolicy(parent, metadata, {
    ingress: allowFrom([pods("prometheus")], [STATE_PORT]),
    // The API server is asked by its address, which every pod is told.
    egress: allowTo([everywhere], API_SERVER_PORTS),
  });
  makeService(parent, metadata, STATE_PORT);
  new Deployment(
    `${NAME}-deployment`,
    {
      metadata: {
        ...metadata,
        annotations: {
          "policy.tradestack.dev/service-account-token":
            "kube-state-metrics asks the API server which objects there are, with a token that may read nothing else",
        },
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorLabels(NAME) },
        template: podTemplate({
          name: NAME,
          component: COMPONENT,
          image,
          args: [
            `--port=${STATE_PORT}`,
            `--telemetry-port=${OWN_PORT}`,
            "--telemetry-host=127.0.0.1",
            `--namespaces=${namespaces.join()}`,
            `--resources=${READABLE.flatMap(({ resources }) => resources).join()}`,
            `--metric-allowlist=${stateMetrics.join()}`,
          ],
          port: STATE_PORT,
          ready: "/healthz",
          alive: "/healthz",
          resources: { cpu: { request: "10m", limit: "200m" }, memory: { request: "32Mi", limit: "128Mi" } },
          token: true,
        }),
      },
    },
    { parent, dependsOn: [account, ...access] },
  );
}
