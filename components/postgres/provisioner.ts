import type { ComponentResource, Input } from "@pulumi/pulumi";
import { NetworkPolicy } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowDns, allowFrom, allowTo, pods } from "../network-policy/rules.ts";
import { POSTGRES_PORT, provisionerName } from "./names.ts";

/** Lets the provisioning Jobs reach the server and nothing else. */
export function provisionerPolicy(parent: ComponentResource, server: string, namespace: Input<string>): void {
  const name = provisionerName(server);
  const metadata = (policy: string) => ({
    name: policy,
    namespace,
    labels: labels(name, "provisioner"),
  });
  new NetworkPolicy(
    `${name}-policy`,
    {
      metadata: metadata(name),
      spec: {
        podSelector: { matchLabels: selectorLabels(name) },
        policyTypes: ["Ingress", "Egress"],
        egress: [allowDns, ...allowTo([pods(server)], [POSTGRES_PORT])],
      },
    },
    { parent },
  );
  new NetworkPolicy(
    `${name}-entry`,
    {
      metadata: metadata(`${name}-entry`),
      spec: {
        podSelector: { matchLabels: selectorLabels(server) },
        policyTypes: ["Ingress"],
        ingress: allowFrom([pods(name)], [POSTGRES_PORT]),
      },
    },
    { parent },
  );
}
