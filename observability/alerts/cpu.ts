import { parseQuantity } from "../../components/quantity.ts";
import { type Scope, series } from "../scope.ts";
import { alert, type RuleGroup } from "./rule.ts";

/** Share of a node's CPUs that is in use. */
export const NODE_CPU = "node:cpu_utilisation:ratio_rate1m";
/** Share of its CPU limit that a replica of a service uses. */
export const POD_CPU = "pod:cpu_utilisation:ratio_rate1m";

/** CPU use of nodes, and of each service's replicas against their limit, which is known from the settings. */
export function cpuRules(scope: Scope): RuleGroup {
  const limits = scope.services.map((service) => {
    const { cpu } = scope.resources[service.name] ?? service.resources;
    const used = series("process_cpu_seconds_total", scope, `job="${service.name}"`);
    return { record: POD_CPU, expr: `rate(${used}[1m]) / ${parseQuantity(cpu.limit)}` };
  });
  const above = (ratio: number) => `${NODE_CPU} > ${ratio} or ${series(POD_CPU, scope)} > ${ratio}`;
  const where =
    "{{ with $labels.pod }}pod {{ . }}{{ else }}node {{ or $labels.node $labels.instance }}{{ end }}";
  return {
    name: "cpu",
    rules: [
      {
        record: NODE_CPU,
        expr: '1 - avg by (node, instance) (rate(node_cpu_seconds_total{mode="idle"}[1m]))',
      },
      ...limits,
      alert({
        name: "HighCpuUsage",
        severity: "warning",
        when: above(0.8),
        holds: "1m",
        summary: `CPU of ${where} above 80 %`,
        description: "{{ $value | humanizePercentage }} of what it may use, for more than a minute.",
      }),
      alert({
        name: "CriticalCpuUsage",
        severity: "critical",
        when: above(0.9),
        holds: "1m",
        summary: `CPU of ${where} above 90 %`,
        description:
          "{{ $value | humanizePercentage }} of what it may use, for more than a minute. Requests wait, and soon fail.",
      }),
    ],
  };
}
