import { groupKindOf } from "../manifests/manifest.ts";

/** Kinds that hold data, or hold what holds data. With a Cluster of CloudNativePG, the operator deletes its volumes. */
const KEPT = new Set([
  "PersistentVolumeClaim",
  "PersistentVolume",
  "Namespace",
  "Cluster.postgresql.cnpg.io",
]);

/** Whether data would go with an object: no update removes it, and destroy only where the data is to go, too. */
export const isKept = (object: { apiVersion: string; kind: string }): boolean =>
  KEPT.has(groupKindOf(object));
