import type { HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { Input } from "@pulumi/pulumi";
import type { Scale } from "../../services/description.ts";
import { labels, selectorLabels } from "../labels.ts";

/** Whether an autoscaler owns the number of replicas. */
export function isAutoscaled(scale: Scale): boolean {
  return scale.max > scale.min;
}

/** Out at once and in big steps, in slowly: a replica too many costs less than one too few. */
export const BEHAVIOR = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Percent", value: 100, periodSeconds: 15 },
      { type: "Pods", value: 2, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 25, periodSeconds: 60 }],
  },
};

/**
 * The autoscaler of a Deployment, by the CPU.
 *
 * @param deployment Name of the Deployment; as an output of it, so that there is none without the other.
 */
export function autoscalerArgs(
  name: string,
  namespace: Input<string>,
  scale: Scale,
  deployment: Input<string>,
): HorizontalPodAutoscalerArgs {
  return {
    metadata: { name, namespace, labels: labels(name, "service") },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
      minReplicas: scale.min,
      maxReplicas: scale.max,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: scale.cpuPercent } },
        },
      ],
      behavior: BEHAVIOR,
    },
  };
}

/**
 * What may be taken away on purpose at one time, as when a node is drained: one pod.
 *
 * @returns Undefined for a service that may run as one pod, whose node could otherwise never be drained.
 */
export function disruptionBudgetArgs(
  name: string,
  namespace: Input<string>,
  scale: Scale,
): PodDisruptionBudgetArgs | undefined {
  if (scale.min < 2) return undefined;
  return {
    metadata: { name, namespace, labels: labels(name, "service") },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(name) },
      // A pod that is not ready serves nobody: it must not keep its node from being drained.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}
