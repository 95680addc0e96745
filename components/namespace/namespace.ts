import type { NamespaceArgs } from "@pulumi/kubernetes/core/v1/namespace.js";
import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { Namespace, NetworkPolicy } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { allowDns } from "../network-policy/rules.ts";
import { type Transform, transformed } from "../transform.ts";

/** What an {@link EnvironmentNamespace} is made from. Its name is also that of the namespace. */
export interface EnvironmentNamespaceArgs {
  /**
   * Which environment lives there.
   *
   * @example "staging"
   */
  environment: string;
  /**
   * Addresses of a DNS server that runs on the nodes instead of in pods, which then every pod may ask.
   *
   * @default []: it runs in pods of kube-system
   * @example ["172.20.0.10"]
   */
  dnsAddresses?: string[];
}

/** Options of an {@link EnvironmentNamespace} in TypeScript programs. */
export interface EnvironmentNamespaceOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (children are made as the arguments say)
   * @example { namespace: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "shop" } } }) }
   */
  transform?: {
    namespace?: Transform<NamespaceArgs>;
    defaultDeny?: Transform<NetworkPolicyArgs>;
  };
}

/**
 * A namespace in which pods run restricted, and talk to nobody unless a policy says so.
 *
 * @example new EnvironmentNamespace("tradestack-dev", { environment: "dev" })
 */
export class EnvironmentNamespace extends pulumi.ComponentResource {
  /** Its name, known once it is there. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentNamespaceArgs, options: EnvironmentNamespaceOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:EnvironmentNamespace", name, args, opts);
    const namespace = new Namespace(
      `${name}-namespace`,
      transformed(
        {
          metadata: {
            name,
            labels: {
              ...labels(name, "environment"),
              "tradestack.dev/environment": args.environment,
              "pod-security.kubernetes.io/enforce": "restricted",
              "pod-security.kubernetes.io/warn": "restricted",
            },
          },
        },
        transform.namespace,
      ),
      // The volume claims are in it, and with them the data: destroying the stack leaves both.
      { parent: this, retainOnDelete: true },
    );
    this.name = namespace.metadata.name;
    new NetworkPolicy(
      `${name}-default-deny`,
      transformed(
        {
          metadata: { name: "default-deny", namespace: this.name, labels: labels(name, "environment") },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
        transform.defaultDeny,
      ),
      { parent: this },
    );
    this.#letAsk(name, args.dnsAddresses ?? []);
    this.registerOutputs({ name: this.name });
  }

  /** What is no pod is known by its address: the policies of services let them ask pods only. */
  #letAsk(name: string, dnsAddresses: readonly string[]): void {
    if (dnsAddresses.length === 0) return;
    new NetworkPolicy(
      `${name}-dns-on-nodes`,
      {
        metadata: {
          name: "dns-on-nodes",
          namespace: this.name,
          labels: labels("dns-on-nodes", "environment"),
        },
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: dnsAddresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } })),
              ports: allowDns.ports ?? [],
            },
          ],
        },
      },
      { parent: this },
    );
  }
}
