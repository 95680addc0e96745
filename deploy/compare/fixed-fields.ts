import type { Difference } from "../plan/diff.ts";
import type { Resource } from "./resources.ts";

/**
 * Fields that Kubernetes keeps as they were made: to change one, the object has to go and another to come. As the API
 * server validates them: https://kubernetes.io/docs/reference/kubernetes-api/
 */
const FIXED: Readonly<Record<string, RegExp>> = {
  "StatefulSet.apps": /^spec\.(selector|serviceName|podManagementPolicy|volumeClaimTemplates)\b/,
  "Deployment.apps": /^spec\.selector\b/,
  "DaemonSet.apps": /^spec\.selector\b/,
  "Job.batch": /^spec\.(selector|template|completionMode|manualSelector|podFailurePolicy|successPolicy)\b/,
  PersistentVolumeClaim: /^spec\.(?!resources\b|volumeAttributesClassName\b)/,
  Service: /^spec\.clusterIPs?\b/,
  "RoleBinding.rbac.authorization.k8s.io": /^roleRef\b/,
  "ClusterRoleBinding.rbac.authorization.k8s.io": /^roleRef\b/,
  "StorageClass.storage.k8s.io": /^(provisioner|parameters|reclaimPolicy|volumeBindingMode)\b/,
  "IngressClass.networking.k8s.io": /^spec\.controller\b/,
  "PriorityClass.scheduling.k8s.io": /^(value|preemptionPolicy)\b/,
};

/** Contents of a ConfigMap or Secret that says of itself that it never changes. */
const CONTENTS = /^(data|binaryData|stringData|immutable)\b/;

/** Those of the differences that cannot be made in place. */
export function fixedFields(before: Resource, differences: readonly Difference[]): string[] {
  const fixed = before.value.immutable === true ? CONTENTS : FIXED[before.type];
  return fixed === undefined ? [] : differences.map(({ path }) => path).filter((path) => fixed.test(path));
}
