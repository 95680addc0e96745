/** What the network policy agent, a program of the node and not a pod, may read. */

import { type KubernetesObject, labels, rule } from "./objects.ts";

const NAME = "tradestack:network-policy";

/** The rights of the agent's user. */
export function networkPolicy(): KubernetesObject[] {
  const group = "rbac.authorization.k8s.io";
  const metadata = { name: NAME, labels: labels("network-policy") };
  return [
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRole",
      metadata,
      rules: [
        rule([""], ["pods", "namespaces"], ["list", "watch"]),
        rule(["networking.k8s.io"], ["networkpolicies"], ["list", "watch"]),
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "ClusterRole", name: NAME },
      subjects: [{ apiGroup: group, kind: "User", name: NAME }],
    },
  ];
}
