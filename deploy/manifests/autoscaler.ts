import type { JsonObject } from "../program/registration.ts";
import { asObject, asObjects, type KubernetesObject } from "./manifest.ts";

/**
 * The autoscalers among some objects, as Kubernetes' own: of a ScaledObject the one that KEDA makes from it. What of its
 * triggers is not the CPU is an external metric there.
 */
export function autoscalersAmong(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.flatMap((object) => {
    if (object.kind === "HorizontalPodAutoscaler") return [object];
    return object.kind === "ScaledObject" ? [madeByKeda(object)] : [];
  });
}

function madeByKeda(object: KubernetesObject): KubernetesObject {
  const { scaleTargetRef, minReplicaCount, maxReplicaCount, advanced, triggers } = asObject(object.spec);
  const { behavior } = asObject(asObject(advanced).horizontalPodAutoscalerConfig);
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: object.metadata,
    spec: {
      scaleTargetRef: scaleTargetRef ?? null,
      minReplicas: minReplicaCount ?? 1,
      maxReplicas: maxReplicaCount ?? 100,
      behavior: behavior ?? {},
      metrics: asObjects(triggers).map(metricOf),
    },
  };
}

function metricOf({ type, metadata }: JsonObject): JsonObject {
  if (type !== "cpu") return { type: "External" };
  const averageUtilization = Number(asObject(metadata).value);
  return { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } };
}
