import type * as pulumi from "@pulumi/pulumi";
import { checksum } from "../checksum.ts";
import { ConfigMap, Deployment } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowDns, allowFrom, allowTo, everywhere, pods } from "../network-policy/rules.ts";
import { tokenlessAccount } from "../stateful.ts";
import { podTemplate } from "./pod.ts";
import { makePolicy, makeService } from "./reach.ts";
import { BLACKBOX_PORT } from "./scrape-config.ts";

const NAME = "blackbox-exporter";
const COMPONENT = "monitoring";
const MODULES = {
  http_2xx: { prober: "http", timeout: "10s", http: { preferred_ip_protocol: "ip4", method: "GET" } },
};

/** Makes what asks for the public addresses as people do, and reads their certificates. */
export function makeBlackboxExporter(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  image: pulumi.Input<string>,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  makePolicy(parent, metadata, {
    ingress: allowFrom([pods("prometheus")], [BLACKBOX_PORT]),
    // The load balancer may have any address, a private one, too.
    egress: [allowDns, ...allowTo([everywhere], [80, 443])],
  });
  const data = { "blackbox.yml": JSON.stringify({ modules: MODULES }) };
  const configuration = new ConfigMap(`${NAME}-config`, { metadata, data }, child);
  makeService(parent, metadata, BLACKBOX_PORT);
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
          args: ["--config.file=/etc/blackbox/blackbox.yml"],
          port: BLACKBOX_PORT,
          ready: "/-/healthy",
          alive: "/-/healthy",
          resources: { cpu: { request: "10m", limit: "100m" }, memory: { request: "24Mi", limit: "64Mi" } },
          volumes: [{ name: "configuration", configMap: { name: configuration.metadata.name } }],
          mounts: [{ name: "configuration", mountPath: "/etc/blackbox", readOnly: true }],
          checksum: checksum(data),
        }),
      },
    },
    { ...child, dependsOn: [account] },
  );
}
