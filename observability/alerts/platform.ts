import { type Scope, series } from "../scope.ts";
import { type AlertRule, alert, type RuleGroup } from "./rule.ts";

/** What everything runs on: replicas, nodes, volumes, certificates. */
export function platformAlerts(scope: Scope): RuleGroup {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  return {
    name: "platform",
    rules: [
      ...scope.services.map(({ name }) => serviceDown(name, scope)),
      alert({
        name: "TargetDown",
        severity: "warning",
        when: "up == 0",
        holds: "5m",
        summary: "{{ $labels.job }} cannot be measured",
        description: "Prometheus has had no answer from {{ $labels.instance }} for 5 minutes.",
      }),
      alert({
        name: "ServiceRestartsOften",
        severity: "warning",
        when: `changes(${of("process_start_time_seconds")}[15m]) > 2`,
        summary: "{{ $labels.pod }} starts again and again",
        description: "{{ $value }} times in 15 minutes.",
      }),
      alert({
        name: "EventLoopBlocked",
        severity: "warning",
        when: `${of("nodejs_eventloop_lag_p99_seconds")} > 0.2`,
        holds: "5m",
        summary: "{{ $labels.pod }} computes instead of answering",
        description:
          "Its event loop is late by {{ $value | humanizeDuration }}: every request waits that long.",
      }),
      alert({
        name: "OutOfMemory",
        severity: "warning",
        when: `sum by (namespace, pod) (increase(${of("container_oom_events_total")}[10m])) > 0`,
        summary: "{{ $labels.pod }} ran out of memory",
        description: "A container was ended because it reached its limit.",
      }),
      alert({
        name: "NodeMemoryLow",
        severity: "critical",
        when: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05",
        holds: "5m",
        summary: "Node {{ or $labels.node $labels.instance }} has no memory left",
        description: "{{ $value | humanizePercentage }} are available. The kernel will end processes.",
      }),
      alert({
        name: "DiskAlmostFull",
        severity: "critical",
        when: `min by (node, instance, device) (node_filesystem_avail_bytes / node_filesystem_size_bytes) < 0.1`,
        holds: "5m",
        summary: "The disk of node {{ or $labels.node $labels.instance }} is almost full",
        description:
          "{{ $value | humanizePercentage }} of {{ $labels.device }} are free. Below 10 % pods are evicted.",
      }),
      alert({
        name: "VolumeAlmostFull",
        severity: "critical",
        when: `${of("kubelet_volume_stats_available_bytes")} / ${of("kubelet_volume_stats_capacity_bytes")} < 0.1`,
        holds: "5m",
        summary: "The volume {{ $labels.persistentvolumeclaim }} is almost full",
        description: "{{ $value | humanizePercentage }} are free. A store without disk takes no writes.",
      }),
      alert({
        name: "CertificateExpiresSoon",
        severity: "warning",
        when: "probe_ssl_earliest_cert_expiry - time() < 14 * 86400",
        holds: "1h",
        summary: "The certificate of {{ $labels.instance }} expires soon",
        description: "In {{ $value | humanizeDuration }}. After that browsers let nobody in.",
      }),
      alert({
        name: "PublicAddressDown",
        severity: "critical",
        when: "probe_success == 0",
        holds: "2m",
        summary: "{{ $labels.instance }} does not answer",
        description: "Asked from within the cluster, by the address that people use.",
      }),
    ],
  };
}

function serviceDown(name: string, scope: Scope): AlertRule {
  return alert({
    name: "ServiceDown",
    severity: "critical",
    labels: { service: name },
    when: `absent(${series("up", scope, `job="${name}"`)} == 1)`,
    holds: "2m",
    summary: `${name} is down`,
    description: "Not one replica answers Prometheus.",
  });
}

/** What watches has to be watched, too. */
export const monitoringAlerts: RuleGroup = {
  name: "monitoring",
  rules: [
    alert({
      name: "Watchdog",
      severity: "none",
      when: "vector(1)",
      summary: "Alerts get through",
      description:
        "It always fires. Who stops hearing it has lost Prometheus, Alertmanager or the way from them.",
    }),
    alert({
      name: "RuleEvaluationFails",
      severity: "warning",
      when: "increase(prometheus_rule_evaluation_failures_total[10m]) > 0",
      summary: "Prometheus cannot evaluate {{ $labels.rule_group }}",
      description: "Its alerts are silent, whatever happens.",
    }),
    alert({
      name: "AlertsNotDelivered",
      severity: "critical",
      when: "increase(prometheus_notifications_dropped_total[10m]) > 0 or sum by (integration) (increase(alertmanager_notifications_failed_total[10m])) > 0",
      holds: "5m",
      summary: "Alerts do not reach anybody",
      description: "Prometheus cannot reach Alertmanager, or Alertmanager not its receiver.",
    }),
  ],
};
