import { type Scope, series } from "../scope.ts";
import { alert, type RuleGroup } from "./rule.ts";

/** Why a container waits, where waiting alone will not help. */
const STUCK = "CrashLoopBackOff|CreateContainer.*|ErrImage.*|ImagePull.*|InvalidImageName|RunContainerError";

/** What Kubernetes wants to be and is not, and what it holds back. */
export function workloadAlerts(scope: Scope): RuleGroup {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const autoscaler = (metric: string) => of(`kube_horizontalpodautoscaler_${metric}_replicas`);
  const throttled = (metric: string) => `rate(${of(`container_cpu_cfs_${metric}_total`, 'pod!=""')}[5m])`;
  return {
    name: "workloads",
    rules: [
      alert({
        name: "ReplicasMissing",
        severity: "warning",
        when: [
          `${of("kube_deployment_spec_replicas")} - ${of("kube_deployment_status_replicas_available")} > 0`,
          `${of("kube_statefulset_replicas")} - ${of("kube_statefulset_status_replicas_ready")} > 0`,
        ].join(" or "),
        holds: "10m",
        summary: "{{ or $labels.deployment $labels.statefulset }} has too few replicas",
        description: "{{ $value }} of them have not been ready for 10 minutes: there is less in reserve.",
      }),
      alert({
        name: "ContainerCannotStart",
        severity: "warning",
        // Between two attempts it runs for a moment.
        when: `max by (namespace, pod, container, reason) (max_over_time(${of("kube_pod_container_status_waiting_reason", `reason=~"${STUCK}"`)}[5m])) == 1`,
        holds: "5m",
        summary: "{{ $labels.container }} of {{ $labels.pod }} cannot start",
        description: "Kubernetes says {{ $labels.reason }}, and tries again less and less often.",
      }),
      alert({
        name: "AutoscalerAtMaximum",
        severity: "warning",
        when: `${autoscaler("status_current")} >= ${autoscaler("spec_max")} > ${autoscaler("spec_min")}`,
        holds: "15m",
        summary: "{{ $labels.horizontalpodautoscaler }} cannot grow any more",
        description:
          "It has had all of its {{ $value }} replicas for 15 minutes; more load finds no more of them.",
      }),
      alert({
        name: "CpuThrottled",
        severity: "warning",
        when: `max by (namespace, pod) (${throttled("throttled_periods")} / ${throttled("periods")}) > 0.5`,
        holds: "10m",
        summary: "{{ $labels.pod }} is slowed down",
        description:
          "In {{ $value | humanizePercentage }} of the time slices it has used up its CPU limit and waits.",
      }),
    ],
  };
}
