/** The cluster autoscaler's name, where it is, and what it may do in the cluster. */

export const AUTOSCALER = "cluster-autoscaler";
export const AUTOSCALER_NAMESPACE = "kube-system";

/** One rule of a role. */
export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
  readonly resourceNames?: string[];
}

const rule = (group: string, resources: string[], verbs: string[], resourceNames?: string[]): Rule => ({
  apiGroups: [group],
  resources,
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});
const READ = ["get", "list", "watch"];

/** In the whole cluster: it looks at what pods need and where they may run, marks nodes, and drains them. */
export const CLUSTER_RIGHTS: Rule[] = [
  rule("", ["events"], ["create", "patch"]),
  rule("", ["pods/eviction"], ["create"]),
  rule("", ["pods/status"], ["update"]),
  rule("", ["nodes"], [...READ, "update", "patch"]),
  rule(
    "",
    [
      "namespaces",
      "pods",
      "services",
      "replicationcontrollers",
      "persistentvolumeclaims",
      "persistentvolumes",
    ],
    READ,
  ),
  rule("apps", ["daemonsets", "replicasets", "statefulsets"], READ),
  rule("batch", ["jobs", "cronjobs"], READ),
  rule("policy", ["poddisruptionbudgets"], READ),
  rule(
    "storage.k8s.io",
    ["storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"],
    READ,
  ),
  rule("resource.k8s.io", ["deviceclasses", "resourceclaims", "resourceslices"], READ),
];

/** In its own namespace: the lease by which one of several leads, and what it tells people. */
export const OWN_RIGHTS: Rule[] = [
  rule("coordination.k8s.io", ["leases"], ["create"]),
  rule("coordination.k8s.io", ["leases"], ["get", "update", "patch"], [AUTOSCALER]),
  rule("", ["configmaps"], ["create", "list", "watch"]),
  rule("", ["configmaps"], ["get", "update", "delete"], [`${AUTOSCALER}-status`]),
];
