import type { ComponentResource, Input } from "@pulumi/pulumi";
import { NetworkPolicy, type NetworkPolicyEgressRule } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { allowDns, allowFrom, allowTo, peersOf, pods } from "../network-policy/rules.ts";
import { provisionerName } from "./names.ts";

/** Lets the provisioning Jobs reach the server and nothing else. */
export function provisionerPolicy(
  parent: ComponentResource,
  store: StoreArgs,
  namespace: Input<string>,
): void {
  jobPolicies(parent, provisionerName(store.name), "provisioner", store, namespace);
}

/**
 * Lets the pods of Jobs out to a server, and in where the server is pods as well.
 *
 * @param name What the pods are called.
 * @param further Where else they have to get.
 */
export function jobPolicies(
  parent: ComponentResource,
  name: string,
  component: string,
  store: StoreArgs,
  namespace: Input<string>,
  further: readonly NetworkPolicyEgressRule[] = [],
): void {
  const metadata = (policy: string) => ({ name: policy, namespace, labels: labels(name, component) });
  new NetworkPolicy(
    `${name}-policy`,
    {
      metadata: metadata(name),
      spec: {
        podSelector: { matchLabels: selectorLabels(name) },
        policyTypes: ["Ingress", "Egress"],
        egress: [allowDns, ...allowTo(peersOf(store), store.ports), ...further],
      },
    },
    { parent },
  );
  if (store.cidrs !== undefined) return;
  new NetworkPolicy(
    `${name}-entry`,
    {
      metadata: metadata(`${name}-entry`),
      spec: {
        podSelector: { matchLabels: store.podLabels ?? selectorLabels(store.name) },
        policyTypes: ["Ingress"],
        ingress: allowFrom([pods(name)], store.ports),
      },
    },
    { parent },
  );
}
