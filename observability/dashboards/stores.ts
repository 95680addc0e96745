import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, query } from "./model.ts";

/** PostgreSQL: connections, transactions, what is read from disk, what waits. */
export function postgresDashboard(scope: Scope): Dashboard {
  const of = (metric: string) => series(metric, scope, 'datname!~"template.*|"');
  const rate = (metric: string) => `sum by (datname) (rate(${of(metric)}[5m]))`;
  return {
    uid: "tradestack-postgres",
    title: "PostgreSQL",
    rows: [
      {
        title: "Now",
        panels: [
          number("Answers", "none", `min(${series("pg_up", scope)})`),
          number(
            "Connections in use",
            "percentunit",
            `sum(${of("pg_stat_database_numbackends")}) / max(${series("pg_settings_max_connections", scope)})`,
          ),
          number("Oldest transaction", "s", `max(${of("pg_stat_activity_max_tx_duration")})`),
          number("Replica behind", "bytes", `max(${series("pg_stat_replication_pg_wal_lsn_diff", scope)})`, {
            mayBeEmpty: true,
          }),
        ],
      },
      {
        title: "Work",
        panels: [
          lines("Transactions", "ops", [query("{{datname}}", rate("pg_stat_database_xact_commit"))]),
          lines("Rolled back", "ops", [query("{{datname}}", rate("pg_stat_database_xact_rollback"))]),
          lines("Rows written", "ops", [
            query("inserted", `sum(rate(${of("pg_stat_database_tup_inserted")}[5m]))`),
            query("updated", `sum(rate(${of("pg_stat_database_tup_updated")}[5m]))`),
            query("deleted", `sum(rate(${of("pg_stat_database_tup_deleted")}[5m]))`),
          ]),
          lines("Found in memory", "percentunit", [
            query(
              "{{datname}}",
              `${rate("pg_stat_database_blks_hit")} / (${rate("pg_stat_database_blks_hit")} + ${rate("pg_stat_database_blks_read")})`,
            ),
          ]),
        ],
      },
      {
        title: "Trouble",
        panels: [
          lines("Connections", "short", [
            query("{{state}}", `sum by (state) (${of("pg_stat_activity_count")})`),
          ]),
          lines("Locks", "short", [query("{{mode}}", `sum by (mode) (${of("pg_locks_count")})`)]),
          lines("Deadlocks an hour", "short", [
            query("{{datname}}", `sum by (datname) (increase(${of("pg_stat_database_deadlocks")}[1h]))`),
          ]),
          lines("Size", "bytes", [
            query("{{datname}}", `max by (datname) (${of("pg_database_size_bytes")})`),
          ]),
        ],
      },
    ],
  };
}

/** Redis: who is primary, who follows, how full each is. */
export function redisDashboard(scope: Scope): Dashboard {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  return {
    uid: "tradestack-redis",
    title: "Redis",
    rows: [
      {
        title: "Now",
        panels: [
          number("Servers that answer", "short", `sum(${of("redis_up")})`),
          number("Replicas that follow", "short", `sum(${of("redis_connected_slaves")})`),
          number(
            "Fullest",
            "percentunit",
            `max(${of("redis_memory_used_bytes")} / (${of("redis_memory_max_bytes")} > 0))`,
          ),
          number("Thrown out, last hour", "short", `sum(increase(${of("redis_evicted_keys_total")}[1h]))`),
        ],
      },
      {
        title: "Work",
        panels: [
          lines("Commands", "ops", [
            query("{{pod}}", `sum by (pod) (rate(${of("redis_commands_total")}[5m]))`),
          ]),
          lines("Mean time of a command", "s", [
            query(
              "{{pod}}",
              `sum by (pod) (rate(${of("redis_commands_duration_seconds_total")}[5m])) / sum by (pod) (rate(${of("redis_commands_total")}[5m]))`,
            ),
          ]),
          lines("Found", "percentunit", [
            query(
              "{{pod}}",
              `rate(${of("redis_keyspace_hits_total")}[5m]) / (rate(${of("redis_keyspace_hits_total")}[5m]) + rate(${of("redis_keyspace_misses_total")}[5m]))`,
            ),
          ]),
          lines("Clients", "short", [query("{{pod}}", of("redis_connected_clients"))]),
        ],
      },
      {
        title: "Data",
        panels: [
          lines("Memory", "bytes", [
            query("{{pod}}", of("redis_memory_used_bytes")),
            query("limit", `max(${of("redis_memory_max_bytes")})`),
          ]),
          lines("Keys", "short", [query("{{pod}}", `sum by (pod) (${of("redis_db_keys")})`)]),
          lines("Expired and thrown out", "ops", [
            query("expired", `sum(rate(${of("redis_expired_keys_total")}[5m]))`),
            query("thrown out", `sum(rate(${of("redis_evicted_keys_total")}[5m]))`),
          ]),
          lines("Role", "none", [
            query("{{pod}}: {{role}}", `max by (pod, role) (${of("redis_instance_info")})`),
          ]),
        ],
      },
    ],
  };
}

/** RabbitMQ: what comes in, what waits, who reads. */
export function rabbitmqDashboard(scope: Scope): Dashboard {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const queues = (metric: string) => `max by (queue) (${of(`rabbitmq_detailed_queue_${metric}`)})`;
  return {
    uid: "tradestack-rabbitmq",
    title: "RabbitMQ",
    rows: [
      {
        title: "Now",
        panels: [
          number("Nodes that answer", "short", `sum(${of("up", 'job="rabbitmq"')})`),
          number("Connections", "short", `sum(${of("rabbitmq_connections")})`),
          number(
            "Memory of the limit",
            "percentunit",
            `max(${of("rabbitmq_process_resident_memory_bytes")} / ${of("rabbitmq_resident_memory_limit_bytes")})`,
          ),
          number(
            "Dead letters",
            "short",
            `sum(${of("rabbitmq_detailed_queue_messages", 'queue=~".+dead-letters"')})`,
          ),
        ],
      },
      {
        title: "Messages",
        panels: [
          lines("Messages", "ops", [
            query("received", `sum(rate(${of("rabbitmq_global_messages_received_total")}[5m]))`),
            query("delivered", `sum(rate(${of("rabbitmq_global_messages_delivered_total")}[5m]))`),
            query("acknowledged", `sum(rate(${of("rabbitmq_global_messages_acknowledged_total")}[5m]))`),
          ]),
          lines("Delivered again, and read by nobody", "ops", [
            query("again", `sum(rate(${of("rabbitmq_global_messages_redelivered_total")}[5m]))`),
            query("by nobody", `sum(rate(${of("rabbitmq_global_messages_unroutable_dropped_total")}[5m]))`),
          ]),
        ],
      },
      {
        title: "Queues",
        panels: [
          lines("Ready", "short", [query("{{queue}}", queues("messages_ready"))]),
          lines("Not acknowledged", "short", [query("{{queue}}", queues("messages_unacked"))]),
          lines("Readers", "short", [query("{{queue}}", queues("consumers"))]),
        ],
      },
    ],
  };
}
