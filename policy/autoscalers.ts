import { autoscalersAmong } from "../deploy/manifests/autoscaler.ts";
import { asObject, groupOf, type KubernetesObject, namespaceOf } from "../deploy/manifests/manifest.ts";

/** Whether an autoscaler's target is this object. */
export function scales(autoscaler: KubernetesObject, object: KubernetesObject): boolean {
  const { kind, name, apiVersion } = asObject(asObject(autoscaler.spec).scaleTargetRef);
  return (
    namespaceOf(autoscaler) === namespaceOf(object) &&
    kind === object.kind &&
    name === object.metadata.name &&
    (typeof apiVersion !== "string" || groupOf(apiVersion) === groupOf(object.apiVersion))
  );
}

/** The autoscaler that decides how many pods an object runs, if there is one. */
export function autoscalerOf(
  object: KubernetesObject,
  manifests: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return autoscalersAmong(manifests).find((candidate) => scales(candidate, object));
}
