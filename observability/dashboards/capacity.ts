import { NODE_CPU } from "../alerts/cpu.ts";
import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, query, table } from "./model.ts";

/** The sandbox's kubelet counts the node's traffic alone. */
const OF_PODS = { mayBeEmpty: true, description: "Where the kubelet counts each pod's traffic." };

/** Of a node, whichever of its exporters told it: an update brings another one. */
const byNode = (expression: string): string => `max by (node) (${expression})`;

/** Kubernetes: how full nodes and volumes are, who uses what, and what monitoring itself costs. */
export function capacityDashboard(scope: Scope): Dashboard {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const memory = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes";
  const disk = "1 - node_filesystem_avail_bytes / node_filesystem_size_bytes";
  const throttled = (metric: string) => `rate(${of(`container_cpu_cfs_${metric}_total`, 'pod!=""')}[5m])`;
  const autoscaler = (metric: string) =>
    `max by (horizontalpodautoscaler) (${of(`kube_horizontalpodautoscaler_${metric}_replicas`)})`;
  const traffic = (way: string) =>
    `sum by (pod) (rate(${of(`container_network_${way}_bytes_total`, 'pod!=""')}[5m]))`;
  return {
    uid: "tradestack-capacity",
    title: "Capacity",
    rows: [
      {
        title: "Nodes",
        panels: [
          number("CPUs", "short", 'sum(count by (node, instance) (node_cpu_seconds_total{mode="idle"}))'),
          lines("CPU", "percentunit", [query("{{node}}", byNode(NODE_CPU))]),
          lines("Memory", "percentunit", [query("{{node}}", byNode(memory))]),
          lines("Disk", "percentunit", [query("{{node}} {{device}}", `max by (node, device) (${disk})`)]),
        ],
      },
      {
        title: "Waiting (pressure)",
        panels: [
          lines("For a CPU", "percentunit", [
            query("{{node}}", byNode("rate(node_pressure_cpu_waiting_seconds_total[5m])")),
          ]),
          lines("For memory", "percentunit", [
            query("{{node}}", byNode("rate(node_pressure_memory_waiting_seconds_total[5m])")),
          ]),
          lines("For the disk", "percentunit", [
            query("{{node}}", byNode("rate(node_pressure_io_waiting_seconds_total[5m])")),
          ]),
          lines("Load", "short", [query("{{node}}", byNode("node_load1"))]),
        ],
      },
      {
        title: "Pods",
        panels: [
          lines("CPU", "cores", [
            query(
              "{{pod}}",
              `max by (pod) (rate(${of("container_cpu_usage_seconds_total", 'pod!="",container=""')}[5m]))`,
            ),
          ]),
          lines("Memory", "bytes", [
            query(
              "{{pod}}",
              `max by (pod) (${of("container_memory_working_set_bytes", 'pod!="",container=""')})`,
            ),
          ]),
          lines("Held back by the CPU limit", "percentunit", [
            query("{{pod}}", `max by (pod) (${throttled("throttled_periods")} / ${throttled("periods")})`),
          ]),
          lines("Received", "Bps", [query("{{pod}}", traffic("receive"))], OF_PODS),
          lines("Sent", "Bps", [query("{{pod}}", traffic("transmit"))], OF_PODS),
        ],
      },
      {
        title: "What Kubernetes wants",
        panels: [
          table("Autoscalers", "short", "horizontalpodautoscaler", [
            query("now", autoscaler("status_current")),
            query("wanted", autoscaler("status_desired")),
            query("least", autoscaler("spec_min")),
            query("most", autoscaler("spec_max")),
          ]),
          lines("Replicas missing", "short", [
            query(
              "deployments",
              `sum(${of("kube_deployment_spec_replicas")} - ${of("kube_deployment_status_replicas_available")})`,
            ),
            query(
              "stores",
              `sum(${of("kube_statefulset_replicas")} - ${of("kube_statefulset_status_replicas_ready")})`,
            ),
          ]),
          lines("Memory requested", "bytes", [
            query(
              "{{namespace}}",
              'sum by (namespace) (kube_pod_container_resource_requests{resource="memory"})',
            ),
          ]),
          table(
            "Starts again, last hour",
            "short",
            "pod",
            [
              query(
                "times",
                `sum by (pod) (increase(${of("kube_pod_container_status_restarts_total")}[1h])) > 0`,
              ),
            ],
            { mayBeEmpty: true, description: "Empty while nothing ends by itself." },
          ),
        ],
      },
      {
        title: "Disks and volumes",
        panels: [
          lines("Read and written", "Bps", [
            query("read {{node}}", "sum by (node) (rate(node_disk_read_bytes_total[5m]))"),
            query("written {{node}}", "sum by (node) (rate(node_disk_written_bytes_total[5m]))"),
          ]),
          lines(
            "Volumes",
            "percentunit",
            [
              query(
                "{{persistentvolumeclaim}}",
                `1 - ${of("kubelet_volume_stats_available_bytes")} / ${of("kubelet_volume_stats_capacity_bytes")}`,
              ),
            ],
            { mayBeEmpty: true, description: "Of classes whose driver measures them." },
          ),
        ],
      },
      {
        title: "Monitoring itself",
        panels: [
          lines("CPU, beside that of others", "cores", [
            query(
              "{{namespace}}",
              'sum by (namespace) (rate(container_cpu_usage_seconds_total{pod!="",container=""}[5m]))',
            ),
          ]),
          lines("Memory, beside that of others", "bytes", [
            query(
              "{{namespace}}",
              'sum by (namespace) (container_memory_working_set_bytes{pod!="",container=""})',
            ),
          ]),
          lines("Series", "short", [query("Prometheus", "prometheus_tsdb_head_series")]),
          lines("Size", "bytes", [query("Prometheus", "prometheus_tsdb_storage_blocks_bytes")]),
          lines("Time of a scrape", "s", [query("{{job}}", "max by (job) (scrape_duration_seconds)")]),
          lines("Targets that answer", "percentunit", [query("{{job}}", "avg by (job) (up)")]),
        ],
      },
    ],
  };
}
