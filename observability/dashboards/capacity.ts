import { NODE_CPU } from "../alerts/cpu.ts";
import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, query } from "./model.ts";

/** Kubernetes: how full nodes and volumes are, who uses what, and what monitoring itself costs. */
export function capacityDashboard(scope: Scope): Dashboard {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const memory = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes";
  const disk = "1 - node_filesystem_avail_bytes / node_filesystem_size_bytes";
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
          lines("CPU", "percentunit", [query("{{node}}", NODE_CPU)]),
          lines("Memory", "percentunit", [query("{{node}}", memory)]),
          lines("Disk", "percentunit", [query("{{node}} {{device}}", `max by (node, device) (${disk})`)]),
        ],
      },
      {
        title: "Waiting (pressure)",
        panels: [
          lines("For a CPU", "percentunit", [
            query("{{node}}", "rate(node_pressure_cpu_waiting_seconds_total[5m])"),
          ]),
          lines("For memory", "percentunit", [
            query("{{node}}", "rate(node_pressure_memory_waiting_seconds_total[5m])"),
          ]),
          lines("For the disk", "percentunit", [
            query("{{node}}", "rate(node_pressure_io_waiting_seconds_total[5m])"),
          ]),
          lines("Load", "short", [query("{{node}}", "node_load1")]),
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
          lines("Received", "Bps", [query("{{pod}}", traffic("receive"))]),
          lines("Sent", "Bps", [query("{{pod}}", traffic("transmit"))]),
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
          lines("Series", "short", [query("Prometheus", "prometheus_tsdb_head_series")]),
          lines("Size", "bytes", [query("Prometheus", "prometheus_tsdb_storage_blocks_bytes")]),
          lines("Time of a scrape", "s", [query("{{job}}", "max by (job) (scrape_duration_seconds)")]),
          lines("Targets that answer", "percentunit", [query("{{job}}", "avg by (job) (up)")]),
        ],
      },
    ],
  };
}
