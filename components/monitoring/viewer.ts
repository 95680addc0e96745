import type * as pulumi from "@pulumi/pulumi";
import { API_PORT } from "../../services/description.ts";
import { checksum } from "../checksum.ts";
import { ConfigMap, Deployment } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowDns, allowTo, pods } from "../network-policy/rules.ts";
import { SERVICE_USER } from "../security.ts";
import { tokenlessAccount } from "../stateful.ts";
import type { ViewerArgs } from "./args.ts";
import { podTemplate } from "./pod.ts";
import { PROMETHEUS_PORT } from "./prometheus.ts";
import { makePolicy, makeService } from "./reach.ts";

const NAME = "viewer";
const COMPONENT = "monitoring";
const CONFIGURATION = "/etc/viewer";

/** Makes the viewer. Nobody gets in but through `kubectl port-forward`, which Kubernetes authenticates. */
export function makeViewer(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  image: pulumi.Input<string>,
  { dashboards }: ViewerArgs,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  makePolicy(parent, metadata, { egress: [allowDns, ...allowTo([pods("prometheus")], [PROMETHEUS_PORT])] });
  const data = { "dashboards.json": dashboards };
  const configuration = new ConfigMap(`${NAME}-dashboards`, { metadata, data }, child);
  makeService(parent, metadata, 80, "http");
  new Deployment(
    `${NAME}-deployment`,
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorLabels(NAME) },
        template: podTemplate({
          name: NAME,
          component: COMPONENT,
          image,
          args: [],
          env: [{ name: "PROMETHEUS_URL", value: `http://prometheus:${PROMETHEUS_PORT}` }],
          port: API_PORT,
          portName: "http",
          ready: "/",
          alive: "/",
          user: SERVICE_USER,
          resources: { cpu: { request: "10m", limit: "500m" }, memory: { request: "64Mi", limit: "160Mi" } },
          volumes: [{ name: "dashboards", configMap: { name: configuration.metadata.name } }],
          mounts: [{ name: "dashboards", mountPath: CONFIGURATION, readOnly: true }],
          checksum: checksum(data),
          graceSeconds: 30,
        }),
      },
    },
    { ...child, dependsOn: [account] },
  );
}
