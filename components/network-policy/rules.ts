/** Rules that NetworkPolicies are put together from. What no rule allows, the namespace denies. */

import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer } from "../kubernetes.ts";
import { selectorLabels } from "../labels.ts";
import type { StoreArgs } from "../microservice/args.ts";

/** The pods of a service or store in the same namespace. */
export function pods(name: string): NetworkPolicyPeer {
  return { podSelector: { matchLabels: selectorLabels(name) } };
}

/** Where a store is: its pods, another namespace, or addresses outside of the cluster. */
export function peersOf({ name, podLabels, namespace: other, cidrs }: StoreArgs): NetworkPolicyPeer[] {
  if (cidrs !== undefined) return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  if (other !== undefined) return [namespace(other)];
  return [podLabels === undefined ? pods(name) : { podSelector: { matchLabels: podLabels } }];
}

/** Every pod of another namespace. */
export function namespace(name: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

/** Every address that is not private, link-local, shared (RFC 1918, 3927, 6598) or loopback. */
export const internet: NetworkPolicyPeer = {
  ipBlock: {
    cidr: "0.0.0.0/0",
    except: [
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.168.0.0/16",
    ],
  },
};

/** Every address: for what is no pod and has no address that is known, such as nodes. Name its ports. */
export const everywhere: NetworkPolicyPeer = { ipBlock: { cidr: "0.0.0.0/0" } };

/**
 * Lets peers in on some TCP ports.
 *
 * @returns No rule where there is no peer: a rule without peers would let everybody in.
 */
export function allowFrom(
  peers: readonly NetworkPolicyPeer[],
  ports: readonly number[],
): NetworkPolicyIngressRule[] {
  return peers.length === 0 ? [] : [{ from: [...peers], ports: tcp(ports) }];
}

/**
 * Lets a pod out to peers on some TCP ports.
 *
 * @returns No rule where there is no peer: a rule without peers would let it out to everybody.
 */
export function allowTo(
  peers: readonly NetworkPolicyPeer[],
  ports: readonly number[],
): NetworkPolicyEgressRule[] {
  return peers.length === 0 ? [] : [{ to: [...peers], ports: tcp(ports) }];
}

/** Lets a pod ask the cluster's DNS, which every cluster runs in this namespace. */
export const allowDns: NetworkPolicyEgressRule = {
  to: [namespace("kube-system")],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

function tcp(ports: readonly number[]): { protocol: string; port: number }[] {
  return ports.map((port) => ({ protocol: "TCP", port }));
}
