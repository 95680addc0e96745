import * as pulumi from "@pulumi/pulumi";
import { checksum, checksumOf } from "../checksum.ts";
import { ConfigMap, Deployment, Ingress, Secret } from "../kubernetes.ts";
import { labels, NOT_AWAITED, selectorLabels } from "../labels.ts";
import { allowDns, allowFrom, allowTo, namespace as everyPodOf, pods } from "../network-policy/rules.ts";
import { tokenlessAccount } from "../stateful.ts";
import type { GrafanaArgs } from "./args.ts";
import { datasources, sourcesEgress } from "./grafana-sources.ts";
import { podTemplate } from "./pod.ts";
import { PROMETHEUS_PORT } from "./prometheus.ts";
import { makePolicy, makeService } from "./reach.ts";

const NAME = "grafana";
const COMPONENT = "monitoring";
const PORT = 3000;
/** User and group of the official image. */
const USER = 472;
const SECRETS = "/run/secrets/grafana";
const PROVIDERS = {
  apiVersion: 1,
  providers: [
    {
      name: "tradestack",
      type: "file",
      // What is changed there would be lost with the pod: dashboards are code.
      allowUiUpdates: false,
      options: { path: "/etc/tradestack/dashboards" },
    },
  ],
};

/** Makes Grafana with the dashboards. It keeps nothing of its own: a new pod is as good as the old one. */
export function makeGrafana(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  image: pulumi.Input<string>,
  args: GrafanaArgs,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  const ingressClass = args.ingressClass ?? "nginx";
  const controllers = args.host === undefined ? [] : [everyPodOf(args.ingressNamespace ?? ingressClass)];
  makePolicy(parent, metadata, {
    ingress: allowFrom(controllers, [PORT]),
    egress: [allowDns, ...allowTo([pods("prometheus")], [PROMETHEUS_PORT]), ...sourcesEgress(args)],
  });
  const secret = new Secret(
    `${NAME}-admin`,
    {
      metadata: { ...metadata, name: `${NAME}-admin` },
      stringData: { password: pulumi.secret(args.adminPassword) },
    },
    child,
  );
  const provisioning = {
    "datasources.yaml": JSON.stringify(datasources(args)),
    "dashboards.yaml": JSON.stringify(PROVIDERS),
  };
  const configuration = new ConfigMap(`${NAME}-config`, { metadata, data: provisioning }, child);
  const data = Object.fromEntries(
    Object.entries(args.dashboards).map(([name, dashboard]) => [`${name}.json`, dashboard]),
  );
  const dashboards = new ConfigMap(
    `${NAME}-dashboards`,
    { metadata: { ...metadata, name: `${NAME}-dashboards` }, data },
    child,
  );
  const service = makeService(parent, metadata, 80, "http");
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
          env: environment(args),
          port: PORT,
          portName: "http",
          ready: "/api/health",
          alive: "/api/health",
          resources: { cpu: { request: "25m", limit: "500m" }, memory: { request: "128Mi", limit: "384Mi" } },
          user: USER,
          volumes: [
            {
              name: "provisioning",
              configMap: {
                name: configuration.metadata.name,
                items: [
                  { key: "datasources.yaml", path: "datasources/tradestack.yaml" },
                  { key: "dashboards.yaml", path: "dashboards/tradestack.yaml" },
                ],
              },
            },
            { name: "dashboards", configMap: { name: dashboards.metadata.name } },
            { name: "admin", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
            { name: "data", emptyDir: { sizeLimit: "256Mi" } },
            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
          ],
          mounts: [
            { name: "provisioning", mountPath: "/etc/grafana/provisioning", readOnly: true },
            { name: "dashboards", mountPath: "/etc/tradestack/dashboards", readOnly: true },
            { name: "admin", mountPath: SECRETS, readOnly: true },
            { name: "data", mountPath: "/var/lib/grafana" },
            { name: "tmp", mountPath: "/tmp" },
          ],
          checksum: pulumi
            .output(checksumOf(args.adminPassword))
            .apply((password) => checksum([provisioning, data, password])),
        }),
      },
    },
    { ...child, dependsOn: [account] },
  );
  if (args.host === undefined) return;
  new Ingress(
    `${NAME}-ingress`,
    {
      metadata: { ...metadata, annotations: NOT_AWAITED },
      spec: {
        ingressClassName: ingressClass,
        tls: [
          {
            hosts: [args.host],
            ...(args.tlsSecret === undefined ? {} : { secretName: args.tlsSecret }),
          },
        ],
        rules: [
          {
            host: args.host,
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: service.metadata.name, port: { name: "http" } } },
                },
              ],
            },
          },
        ],
      },
    },
    child,
  );
}

/** Only who is logged in sees anything, and nobody is told of us. */
const environment = ({ host }: GrafanaArgs) =>
  Object.entries({
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS}/password`,
    GF_SECURITY_COOKIE_SECURE: String(host !== undefined),
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_AUTH_ANONYMOUS_ENABLED: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "/etc/tradestack/dashboards/platform-overview.json",
    ...(host === undefined ? {} : { GF_SERVER_ROOT_URL: `https://${host}/` }),
  }).map(([name, value]) => ({ name, value }));
