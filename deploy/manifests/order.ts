import type { KubernetesObject } from "./manifest.ts";

/**
 * Kinds in the order in which they are made: what others live in, what they are governed by, what they read, and
 * then what runs. A kind that is not named here is a custom resource, whose controller runs by then.
 */
const ORDER = [
  "Namespace",
  "CustomResourceDefinition",
  "PriorityClass",
  "StorageClass",
  "ResourceQuota",
  "LimitRange",
  "NetworkPolicy",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "Secret",
  "ConfigMap",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Service",
  "StatefulSet",
  "DaemonSet",
  "Deployment",
  "Job",
  "CronJob",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
  "IngressClass",
  "Ingress",
];

/** Kinds whose objects run pods, and so read what the kinds before them hold. */
const RUNS = new Set(["StatefulSet", "DaemonSet", "Deployment", "Job", "CronJob", "Pod", "ReplicaSet"]);

/** Place of a kind in the order of making. */
export const rank = (kind: string): number => {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
};

/** Whether objects of this kind run pods. */
export const runsPods = (kind: string): boolean => RUNS.has(kind);

/** Whether objects of this kind have to be there before any pod that might read them. */
export const precedesPods = (kind: string): boolean => rank(kind) < rank("StatefulSet");

/** Compares two objects by kind, then namespace, then name: the order of rendered files. */
export function compareObjects(a: KubernetesObject, b: KubernetesObject): number {
  const text = (object: KubernetesObject): string =>
    [object.kind, object.metadata.namespace ?? "", object.metadata.name].join("\0");
  return rank(a.kind) - rank(b.kind) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}
