import { type Input, interpolate, type Output, output } from "@pulumi/pulumi";
import type { Scale } from "../../services/description.ts";
import { labels } from "../labels.ts";
import { BEHAVIOR } from "./autoscaling.ts";
import { cronTimes, type ReserveArgs } from "./reserve.ts";

/** How KEDA scales a service; it has to be in the cluster already. */
export interface KedaArgs {
  /**
   * Where it asks how many requests are under way.
   *
   * @example "http://prometheus.monitoring:9090"
   */
  prometheusUrl: string;
  /**
   * Replicas that are kept ready at certain hours.
   *
   * @default []
   * @example [{ from: "08:00", to: "22:00", min: 6, days: ["fri", "sat"] }]
   */
  reserve?: ReserveArgs[];
  /**
   * Time zone of the reserves, as the IANA names it.
   *
   * @default "Etc/UTC"
   * @example "Europe/Berlin"
   */
  timeZone?: string;
}

/** A ScaledObject as it is made. */
export interface ScaledObject {
  readonly apiVersion: "keda.sh/v1alpha1";
  readonly kind: "ScaledObject";
  readonly metadata: {
    readonly name: string;
    readonly namespace: Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/**
 * What KEDA makes an autoscaler from: by the CPU and, where the service says how many it takes, by the requests under
 * way, with reserves by the clock. The highest number that one of them asks for holds.
 *
 * Requests under way are arrivals a second times the seconds that each takes (Little's law), which is the rate at which
 * the sum of all durations grows. Where Prometheus does not answer, replicas are added by the CPU and none is taken away.
 *
 * @param deployment Name of the Deployment; as an output of it, so that there is none without the other.
 */
export function scaledObjectArgs(
  name: string,
  namespace: Input<string>,
  scale: Scale,
  { prometheusUrl, reserve = [], timeZone = "Etc/UTC" }: KedaArgs,
  deployment: Input<string>,
): ScaledObject {
  const { requestsInFlight } = scale;
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: {
      name,
      namespace,
      labels: labels(name, "service"),
      // An autoscaler of this name that was there before KEDA is KEDA's from now on.
      annotations: { "scaledobject.keda.sh/transfer-hpa-ownership": "true" },
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
      minReplicaCount: scale.min,
      maxReplicaCount: scale.max,
      pollingInterval: 15,
      advanced: { horizontalPodAutoscalerConfig: { name, behavior: BEHAVIOR } },
      triggers: [
        { type: "cpu", metricType: "Utilization", metadata: { value: String(scale.cpuPercent) } },
        ...(requestsInFlight === undefined
          ? []
          : [
              {
                type: "prometheus",
                name: "requests-in-flight",
                metricType: "AverageValue",
                metadata: {
                  serverAddress: prometheusUrl,
                  query: requestsUnderWay(name, output(namespace)),
                  threshold: String(requestsInFlight),
                },
              },
            ]),
        ...reserve.map(({ min, ...times }) => ({
          type: "cron",
          metadata: { timezone: timeZone, ...cronTimes(times), desiredReplicas: String(min) },
        })),
      ],
    },
  };
}

function requestsUnderWay(service: string, namespace: Output<string>): Output<string> {
  return interpolate`sum(rate(http_server_request_duration_seconds_sum{namespace="${namespace}",job="${service}"}[1m]))`;
}
