import { type Scope, series } from "../scope.ts";
import { alert, type RuleGroup } from "./rule.ts";

/** Bytes of write-ahead log that a PostgreSQL replica may be behind. */
const REPLICA_BEHIND = 64 * 2 ** 20;
/** CronJobs that save databases, and the Jobs that they make (components/backup). */
const BACKUP = 'cronjob=~".+-backup"';
const BACKUP_RUN = 'job_name=~".+-backup-[0-9]+"';

/** PostgreSQL, what saves it, and Redis. */
export function storeAlerts(scope: Scope): RuleGroup {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  return {
    name: "stores",
    rules: [
      alert({
        name: "PostgresDown",
        severity: "critical",
        when: `min by (namespace, job) (${of("pg_up")}) == 0`,
        holds: "1m",
        summary: "PostgreSQL does not answer",
        description: "Its exporter cannot connect. Nothing can be ordered.",
      }),
      alert({
        name: "PostgresConnectionsHigh",
        severity: "warning",
        when: `sum by (namespace, job) (${of("pg_stat_database_numbackends")}) / max by (namespace, job) (${of("pg_settings_max_connections")}) > 0.8`,
        holds: "5m",
        summary: "PostgreSQL has few connections left",
        description: "{{ $value | humanizePercentage }} are in use. A service that gets none answers 503.",
      }),
      alert({
        name: "PostgresLongTransaction",
        severity: "warning",
        when: `max by (namespace, datname) (${of("pg_stat_activity_max_tx_duration")}) > 300`,
        holds: "1m",
        summary: "A transaction on {{ $labels.datname }} does not end",
        description:
          "It has been open for {{ $value | humanizeDuration }}. It holds locks, and dead rows are kept for it.",
      }),
      alert({
        name: "PostgresDeadlocks",
        severity: "warning",
        when: `sum by (namespace, datname) (increase(${of("pg_stat_database_deadlocks")}[10m])) > 3`,
        summary: "Transactions on {{ $labels.datname }} wait for each other",
        description: "{{ $value | humanize }} deadlocks in 10 minutes; one side of each was undone.",
      }),
      alert({
        name: "PostgresReplicationLag",
        severity: "warning",
        when: `max by (namespace, application_name) (${of("pg_stat_replication_pg_wal_lsn_diff")}) > ${REPLICA_BEHIND}`,
        holds: "5m",
        summary: "A PostgreSQL replica is behind",
        description:
          "{{ $labels.application_name }} lacks {{ $value | humanize1024 }}B. What it lacks is lost if the primary is.",
      }),
      ...backups(scope),
      alert({
        name: "RedisDown",
        severity: "critical",
        when: `max by (namespace, pod) (${of("redis_up")}) == 0`,
        holds: "1m",
        summary: "{{ $labels.pod }} does not answer",
        description: "The exporter cannot connect. Another server takes over, if there is one.",
      }),
      ...(scope.redisReplicas < 2 ? [] : replicated(scope)),
      alert({
        name: "RedisMemoryHigh",
        severity: "warning",
        when: `${of("redis_memory_used_bytes")} / (${of("redis_memory_max_bytes")} > 0) > 0.9`,
        holds: "10m",
        summary: "{{ $labels.pod }} is nearly full",
        description:
          "{{ $value | humanizePercentage }} of its memory is used. What was not used for longest is thrown out: carts, too.",
      }),
    ],
  };
}

function backups(scope: Scope) {
  const of = (metric: string, matchers = BACKUP) => series(metric, scope, matchers);
  const cronJob = (metric: string) => `max by (namespace, cronjob) (${of(`kube_cronjob_${metric}`)})`;
  return [
    alert({
      name: "BackupFailed",
      severity: "warning",
      when: `max by (namespace, job_name) (${of("kube_job_failed", `${BACKUP_RUN},condition="true"`)}) == 1`,
      summary: "{{ $labels.job_name }} failed",
      description: "The databases were not saved at that time. The backups of before are still there.",
    }),
    alert({
      name: "BackupTooOld",
      severity: "critical",
      // One and a half times as old as it should ever be, whatever the schedule.
      when: `time() - (${cronJob("status_last_successful_time")} or ${cronJob("created")}) > 1.5 * (${cronJob("next_schedule_time")} - ${cronJob("status_last_schedule_time")})`,
      holds: "10m",
      summary: "There is no recent backup of the databases",
      description:
        "The last one that succeeded is {{ $value | humanizeDuration }} old. Whatever was written since is lost if the database is.",
    }),
  ];
}

function replicated(scope: Scope) {
  const of = (metric: string) => series(metric, scope);
  return [
    alert({
      name: "RedisReplicaMissing",
      severity: "warning",
      when: `sum by (namespace) (${of("redis_connected_slaves")}) < ${scope.redisReplicas - 1}`,
      holds: "2m",
      summary: "A Redis replica does not follow its primary",
      description: `{{ $value }} of ${scope.redisReplicas - 1} replicas follow. Without any, the primary takes no writes.`,
    }),
    alert({
      name: "RedisReplicationLag",
      severity: "warning",
      when: `max by (namespace, pod) (${of("redis_connected_slave_lag_seconds")}) > 10`,
      holds: "1m",
      summary: "A Redis replica is behind",
      description: "By {{ $value | humanizeDuration }}. What it lacks is lost if the primary is.",
    }),
  ];
}
