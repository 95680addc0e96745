/**
 * What a HorizontalPodAutoscaler is told, and how the controller that acts on it is set, as Kubernetes names it.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */

/** How fast replicas may be added or taken away. */
export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  /** Pods, or per cent of the replicas at the period's begin. */
  readonly value: number;
  /** Seconds that the change is counted over, 1 to 1800. */
  readonly periodSeconds: number;
}

/** How an autoscaler scales in one direction. */
export interface ScalingRules {
  /** Seconds whose recommendations all have to agree; the most cautious one wins. */
  readonly stabilizationWindowSeconds: number;
  /** Which policy holds where there are several: that of the biggest change, of the smallest, or none may scale. */
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly policies: readonly ScalingPolicy[];
  /** Deviation from the target that is left alone, as a share. Default: the controller's. */
  readonly tolerance?: number | undefined;
}

/** How an autoscaler scales out and in. */
export interface ScalingBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** A HorizontalPodAutoscaler that goes by CPU. */
export interface Autoscaler {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Target of the CPU use, in per cent of the request. */
  readonly cpuPercent: number;
  readonly behavior: ScalingBehavior;
}

/** How the controller manager and metrics-server of a cluster are set; the names are those of their flags. */
export interface Controller {
  /** Seconds between two looks at an autoscaler. */
  readonly syncPeriod: number;
  /** Deviation from the target that is left alone, as a share. */
  readonly tolerance: number;
  /** Seconds after a pod's start in which its CPU counts only while it is ready, and only from then on. */
  readonly cpuInitializationPeriod: number;
  /** Seconds between two measurements of metrics-server. */
  readonly metricResolution: number;
  /** Seconds from a measurement until the controller sees it. */
  readonly metricDelay: number;
  /** Seconds from a measurement to the sync after it. In a real cluster it is chance, and another for each autoscaler. */
  readonly syncOffset: number;
}

/** What Kubernetes does where nobody says otherwise, as most managed clusters do. */
export const DEFAULT_CONTROLLER: Controller = {
  syncPeriod: 15,
  tolerance: 0.1,
  cpuInitializationPeriod: 300,
  metricResolution: 15,
  metricDelay: 1,
  syncOffset: 5,
};

/** What the API server fills in for rules that an autoscaler with `behavior` leaves out. */
export const DEFAULT_BEHAVIOR: ScalingBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
};
