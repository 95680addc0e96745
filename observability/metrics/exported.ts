/**
 * What can be asked for: the metrics of each exporter, by the job that it is scraped as. Dashboards and alerts ask for
 * nothing else, which a test sees to; another one holds the services' list to their code. The lists of the others were
 * read off the versions that the sandbox runs, and hold what newer ones still export.
 */

/** A histogram as it is exported. */
const histogram = (name: string): string[] =>
  ["_bucket", "_sum", "_count"].map((suffix) => `${name}${suffix}`);

/** What Prometheus itself says of each target. */
const TARGET = ["up", "scrape_duration_seconds", "scrape_samples_scraped"];

/** What the services' own code exports, each metric as its code names it. */
export const OF_SERVICES: readonly string[] = [
  "account_attempts_fallback_total",
  "account_hashes_waiting",
  "account_mails_total",
  "account_mails_waiting",
  "cart_prices_unavailable_total",
  "catalog_cache_unavailable_total",
  "catalog_reservations_expired_total",
  "catalog_reservations_purged_total",
  "catalog_stock_lowest",
  "database_connections",
  "database_connections_idle",
  "database_waiting_requests",
  "gateway_rate_limit_unavailable_total",
  "gateway_rate_limited_total",
  "gateway_retries_total",
  "gateway_turned_away_total",
  "http_client_request_duration_seconds",
  "http_server_request_duration_seconds",
  "inbox_buried_total",
  "inbox_dead_letters",
  "inbox_handled_total",
  "inbox_lag_seconds",
  "inbox_retries_total",
  "ledger_imbalance",
  "order_changes_total",
  "order_owed_refunds_refused",
  "orders_total",
  "orders_under_way",
  "orders_under_way_oldest_seconds",
  "outbox_lag_seconds",
  "outbox_published_total",
  "payments_total",
  "provider_events_total",
  "security_events_total",
  "shipments_total",
];

/** What a Node process tells of itself. */
const OF_NODE = [
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_heap_size_used_bytes",
];

/** Metrics by the job that they are scraped as; `services` stands for the jobs named after a service each. */
export const EXPORTED = {
  services: [
    ...OF_SERVICES.flatMap((name) => (name.endsWith("_duration_seconds") ? histogram(name) : [name])),
    ...OF_NODE,
  ],
  postgres: [
    "pg_up",
    "pg_database_size_bytes",
    "pg_locks_count",
    "pg_settings_max_connections",
    "pg_stat_activity_count",
    "pg_stat_activity_max_tx_duration",
    "pg_stat_database_blks_hit",
    "pg_stat_database_blks_read",
    "pg_stat_database_deadlocks",
    "pg_stat_database_numbackends",
    "pg_stat_database_temp_bytes",
    "pg_stat_database_tup_deleted",
    "pg_stat_database_tup_fetched",
    "pg_stat_database_tup_inserted",
    "pg_stat_database_tup_updated",
    "pg_stat_database_xact_commit",
    "pg_stat_database_xact_rollback",
    "pg_stat_replication_pg_wal_lsn_diff",
  ],
  redis: [
    "redis_up",
    "redis_blocked_clients",
    "redis_commands_duration_seconds_total",
    "redis_commands_total",
    "redis_connected_clients",
    "redis_connected_slave_lag_seconds",
    "redis_connected_slaves",
    "redis_db_keys",
    "redis_evicted_keys_total",
    "redis_expired_keys_total",
    "redis_instance_info",
    "redis_keyspace_hits_total",
    "redis_keyspace_misses_total",
    "redis_memory_max_bytes",
    "redis_memory_used_bytes",
    "redis_rejected_connections_total",
  ],
  rabbitmq: [
    "rabbitmq_alarms_free_disk_space_watermark",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_channels",
    "rabbitmq_connections",
    "rabbitmq_detailed_queue_consumers",
    "rabbitmq_detailed_queue_messages",
    "rabbitmq_detailed_queue_messages_ready",
    "rabbitmq_detailed_queue_messages_unacked",
    "rabbitmq_disk_space_available_bytes",
    "rabbitmq_global_messages_acknowledged_total",
    "rabbitmq_global_messages_delivered_total",
    "rabbitmq_global_messages_received_total",
    "rabbitmq_global_messages_redelivered_total",
    "rabbitmq_global_messages_unroutable_dropped_total",
    "rabbitmq_process_resident_memory_bytes",
    "rabbitmq_resident_memory_limit_bytes",
  ],
  node: [
    "node_cpu_seconds_total",
    "node_disk_io_time_seconds_total",
    "node_disk_read_bytes_total",
    "node_disk_written_bytes_total",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_load1",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "node_pressure_cpu_waiting_seconds_total",
    "node_pressure_io_waiting_seconds_total",
    "node_pressure_memory_waiting_seconds_total",
  ],
  cadvisor: [
    "container_cpu_cfs_periods_total",
    "container_cpu_cfs_throttled_periods_total",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "container_network_receive_bytes_total",
    "container_network_transmit_bytes_total",
    "container_oom_events_total",
    "machine_cpu_cores",
    "machine_memory_bytes",
  ],
  state: [
    "kube_cronjob_created",
    "kube_cronjob_next_schedule_time",
    "kube_cronjob_status_last_schedule_time",
    "kube_cronjob_status_last_successful_time",
    "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_available",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_spec_min_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_job_failed",
    "kube_pod_container_resource_requests",
    "kube_pod_container_status_restarts_total",
    "kube_pod_container_status_waiting_reason",
    "kube_statefulset_replicas",
    "kube_statefulset_status_replicas_ready",
  ],
  kubelet: ["kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"],
  prometheus: [
    "prometheus_notifications_dropped_total",
    "prometheus_rule_evaluation_failures_total",
    "prometheus_tsdb_head_series",
    "prometheus_tsdb_storage_blocks_bytes",
  ],
  alertmanager: ["alertmanager_alerts", "alertmanager_notifications_failed_total"],
  blackbox: ["probe_success", "probe_ssl_earliest_cert_expiry", "probe_duration_seconds"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Jobs that are scraped for more than one service or store. */
export type Job = keyof typeof EXPORTED;

/** Every metric that somebody exports. */
export const METRICS: ReadonlySet<string> = new Set([...TARGET, ...Object.values(EXPORTED).flat()]);
