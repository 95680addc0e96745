/**
 * What makes each alert fire, and what is near it and must not: series as promtool's tests write them, a value every
 * 15 seconds for half an hour.
 */

/** Series by name and labels, and their values, such as `0+60x120`: 0, then 60 more each time. */
export type Series = Readonly<Record<string, string>>;

/** One alert at one severity. */
export interface Case {
  readonly alert: string;
  readonly severity: "critical" | "warning" | "none";
  readonly fires: Series;
  /** Default: nothing is there at all. */
  readonly quiet?: Series;
}

const constant = (value: number) => `${value}x120`;
const grows = (each: number) => `0+${each}x120`;
/** Nothing for 10 minutes, then one step. */
const steps = (to: number) => `0x40 ${to}x80`;
const shop = (metric: string, labels = "") => `${metric}{namespace="shop"${labels && `,${labels}`}}`;

/** A gauge of the shop that fires above some value. */
const gauge = (
  alert: string,
  severity: Case["severity"],
  metric: string,
  labels: string,
  [fires, quiet]: readonly [number, number],
): Case => ({
  alert,
  severity,
  fires: { [shop(metric, labels)]: constant(fires) },
  quiet: { [shop(metric, labels)]: constant(quiet) },
});

const DURATION = "http_server_request_duration_seconds";
const ORDER = 'job="order",pod="order-1"';
/** So many of 1000 requests fail, and so many take longer than the order service promises. */
const requests = (failed: number, slow: number): Series => ({
  [shop(`${DURATION}_count`, `${ORDER},status="200"`)]: grows(1000 - failed),
  [shop(`${DURATION}_count`, `${ORDER},status="503"`)]: grows(failed),
  [shop(`${DURATION}_bucket`, `${ORDER},le="0.25"`)]: grows(1000 - slow),
});
/** Too many fail for an hour, and none in the 35 minutes after it. */
const over: Series = {
  [shop(`${DURATION}_count`, `${ORDER},status="200"`)]: "0+900x240 216000+1000x140",
  [shop(`${DURATION}_count`, `${ORDER},status="503"`)]: "0+100x240 24000x140",
};
/** Every second of two requests fails, and there are no more than two. */
const few: Series = {
  [shop(`${DURATION}_count`, `${ORDER},status="200"`)]: steps(1),
  [shop(`${DURATION}_count`, `${ORDER},status="503"`)]: steps(1),
};

/** A node of which so much of each quarter of a minute is idle, in seconds. */
const node = (idle: number): Series => ({
  'node_cpu_seconds_total{node="a",cpu="0",mode="idle"}': grows(idle),
});
const payments = (outcomes: Readonly<Record<string, number>>): Series =>
  Object.fromEntries(
    Object.entries(outcomes).map(([outcome, each]) => [
      shop("payments_total", `job="payment",outcome="${outcome}"`),
      grows(each),
    ]),
  );
const security = (event: string, each: number): Series => ({
  [shop("security_events_total", `job="account",event="${event}"`)]: grows(each),
});

const cpu: readonly Case[] = [
  { alert: "HighCpuUsage", severity: "warning", fires: node(2.5), quiet: node(4) },
  {
    alert: "HighCpuUsage",
    severity: "warning",
    // The order service may use one CPU.
    fires: { [shop("process_cpu_seconds_total", ORDER)]: grows(13) },
    quiet: { [shop("process_cpu_seconds_total", ORDER)]: grows(11) },
  },
  { alert: "CriticalCpuUsage", severity: "critical", fires: node(1), quiet: node(2.5) },
];

const objectives: readonly Case[] = [
  { alert: "ErrorBudgetBurn", severity: "critical", fires: requests(20, 0), quiet: requests(5, 0) },
  { alert: "ErrorBudgetBurn", severity: "critical", fires: requests(100, 0), quiet: over },
  { alert: "ErrorBudgetBurn", severity: "warning", fires: requests(4, 0), quiet: requests(0, 50) },
  { alert: "ErrorBudgetBurn", severity: "warning", fires: requests(2, 0), quiet: few },
  { alert: "LatencyBudgetBurn", severity: "critical", fires: requests(0, 200), quiet: requests(100, 50) },
  { alert: "LatencyBudgetBurn", severity: "warning", fires: requests(0, 40), quiet: requests(0, 9) },
];

const business: readonly Case[] = [
  {
    alert: "PaymentDeclineRateHigh",
    severity: "warning",
    fires: payments({ "payment-declined": 4, authorised: 6 }),
    quiet: payments({ "payment-declined": 2, authorised: 8 }),
  },
  {
    alert: "PaymentsFail",
    severity: "critical",
    fires: payments({ "provider-timeout": 2, authorised: 8 }),
    quiet: payments({ "payment-declined": 5, authorised: 5 }),
  },
  gauge("OrdersStuck", "critical", "orders_under_way_oldest_seconds", 'state="reserved"', [700, 300]),
  gauge("OwedRefundRefused", "warning", "order_owed_refunds_refused", 'job="order"', [1, 0]),
  {
    alert: "OrdersStopped",
    severity: "critical",
    // An hour and a half with orders, and then none.
    fires: { [shop("orders_total", 'job="order",state="paid"')]: "0+5x360 1800x120" },
    quiet: { [shop("orders_total", 'job="order",state="paid"')]: "0+5x480" },
  },
  gauge("StockBelowZero", "critical", "catalog_stock_lowest", 'job="catalog"', [-1, 0]),
  gauge("LedgerImbalance", "critical", "ledger_imbalance", 'job="payment"', [-5, 0]),
  {
    alert: "LoginFailuresHigh",
    severity: "warning",
    fires: security("login-failed", 5),
    quiet: security("login", 50),
  },
  {
    alert: "StolenSession",
    severity: "warning",
    fires: security("refresh-reused", 1),
    quiet: security("logout", 1),
  },
  {
    alert: "RefusalsHigh",
    severity: "warning",
    fires: security("permission-refused", 5),
    quiet: security("rate-limited", 50),
  },
  gauge("MailsWaiting", "warning", "account_mails_waiting", 'job="account"', [60, 40]),
];

const LETTERS = 'queue="order.dead-letters"';
const EVENTS = 'queue="order.events"';
const READY = "rabbitmq_detailed_queue_messages_ready";
const messaging: readonly Case[] = [
  gauge("DeadLetters", "critical", "inbox_dead_letters", 'job="order"', [1, 0]),
  gauge("DeadLetterQueue", "warning", READY, LETTERS, [1, 0]),
  gauge("OutboxLag", "warning", "outbox_lag_seconds", 'job="order"', [90, 30]),
  gauge("InboxLag", "warning", "inbox_lag_seconds", 'job="order"', [200, 60]),
  gauge("QueueBacklog", "warning", READY, EVENTS, [2000, 900]),
  gauge("QueueWithoutConsumer", "critical", "rabbitmq_detailed_queue_consumers", EVENTS, [0, 2]),
  {
    alert: "QueueWithoutConsumer",
    severity: "critical",
    fires: { [shop("rabbitmq_detailed_queue_consumers", EVENTS)]: constant(0) },
    // Nobody reads dead letters until somebody sends them back.
    quiet: { [shop("rabbitmq_detailed_queue_consumers", LETTERS)]: constant(0) },
  },
  gauge("BrokerAlarm", "critical", "rabbitmq_alarms_memory_used_watermark", 'pod="rabbitmq-0"', [1, 0]),
  gauge("BrokerAlarm", "critical", "rabbitmq_alarms_free_disk_space_watermark", 'pod="rabbitmq-0"', [1, 0]),
];

const SERVER = 'server="postgres:5432"';
/** Saved each day, last at one of these seconds; the present is 0. */
const saved = (metric: string, at: number): Series =>
  Object.fromEntries(
    Object.entries({ [metric]: at, next_schedule_time: 0, status_last_schedule_time: -86_400 }).map(
      ([name, value]) => [shop(`kube_cronjob_${name}`, 'cronjob="postgres-backup"'), constant(value)],
    ),
  );

const stores: readonly Case[] = [
  gauge("PostgresDown", "critical", "pg_up", SERVER, [0, 1]),
  {
    alert: "PostgresConnectionsHigh",
    severity: "warning",
    fires: {
      [shop("pg_stat_database_numbackends", `${SERVER},datname="order"`)]: constant(250),
      [shop("pg_settings_max_connections", SERVER)]: constant(300),
    },
    quiet: {
      [shop("pg_stat_database_numbackends", `${SERVER},datname="order"`)]: constant(150),
      [shop("pg_settings_max_connections", SERVER)]: constant(300),
    },
  },
  gauge(
    "PostgresLongTransaction",
    "warning",
    "pg_stat_activity_max_tx_duration",
    'datname="order"',
    [400, 200],
  ),
  {
    alert: "PostgresDeadlocks",
    severity: "warning",
    fires: { [shop("pg_stat_database_deadlocks", 'datname="order"')]: grows(1) },
    quiet: { [shop("pg_stat_database_deadlocks", 'datname="order"')]: constant(50) },
  },
  gauge(
    "PostgresReplicationLag",
    "warning",
    "pg_stat_replication_pg_wal_lsn_diff",
    'application_name="postgres-1"',
    [1e8, 1e6],
  ),
  gauge("RedisDown", "critical", "redis_up", 'pod="redis-0"', [0, 1]),
  gauge("RedisReplicaMissing", "warning", "redis_connected_slaves", 'pod="redis-0"', [1, 2]),
  gauge("RedisReplicationLag", "warning", "redis_connected_slave_lag_seconds", 'pod="redis-0"', [20, 1]),
  {
    alert: "RedisMemoryHigh",
    severity: "warning",
    fires: {
      [shop("redis_memory_used_bytes", 'pod="redis-0"')]: constant(95),
      [shop("redis_memory_max_bytes", 'pod="redis-0"')]: constant(100),
    },
    // 0 means that there is no limit.
    quiet: {
      [shop("redis_memory_used_bytes", 'pod="redis-0"')]: constant(95),
      [shop("redis_memory_max_bytes", 'pod="redis-0"')]: constant(0),
    },
  },
  gauge(
    "BackupFailed",
    "warning",
    "kube_job_failed",
    'job_name="postgres-backup-29",condition="true"',
    [1, 0],
  ),
  {
    alert: "BackupTooOld",
    severity: "critical",
    fires: saved("status_last_successful_time", -150_000),
    quiet: saved("status_last_successful_time", -86_000),
  },
  // One that never succeeded counts from when it was made.
  {
    alert: "BackupTooOld",
    severity: "critical",
    fires: saved("created", -150_000),
    quiet: saved("created", -10_000),
  },
];

/** Whether a replica of the order service answers, and one of another. */
const up = (order: number): Series => ({
  [shop("up", 'job="order",instance="a"')]: constant(order),
  [shop("up", 'job="cart",instance="b"')]: constant(1),
});
const DISK = 'node="a",device="/dev/vda1",mountpoint="/"';
const CLAIM = 'persistentvolumeclaim="data-postgres-0"';
const HOST = 'instance="https://shop.example.com"';
const filled = (kind: "node_filesystem" | "kubelet_volume_stats", free: number): Series =>
  kind === "node_filesystem"
    ? {
        [`node_filesystem_avail_bytes{${DISK}}`]: constant(free),
        [`node_filesystem_size_bytes{${DISK}}`]: constant(100),
      }
    : {
        [shop("kubelet_volume_stats_available_bytes", CLAIM)]: constant(free),
        [shop("kubelet_volume_stats_capacity_bytes", CLAIM)]: constant(100),
      };
const memory = (available: number): Series => ({
  'node_memory_MemAvailable_bytes{node="a"}': constant(available),
  'node_memory_MemTotal_bytes{node="a"}': constant(100),
});
const DAY = 86_400;
const platform: readonly Case[] = [
  { alert: "ServiceDown", severity: "critical", fires: up(0), quiet: up(1) },
  { alert: "TargetDown", severity: "warning", fires: up(0), quiet: up(1) },
  {
    alert: "ServiceRestartsOften",
    severity: "warning",
    fires: { [shop("process_start_time_seconds", ORDER)]: grows(15) },
    quiet: { [shop("process_start_time_seconds", ORDER)]: steps(600) },
  },
  gauge("EventLoopBlocked", "warning", "nodejs_eventloop_lag_p99_seconds", ORDER, [0.5, 0.05]),
  {
    alert: "OutOfMemory",
    severity: "warning",
    fires: { [shop("container_oom_events_total", 'pod="order-1"')]: grows(1) },
    quiet: { [shop("container_oom_events_total", 'pod="order-1"')]: constant(3) },
  },
  { alert: "NodeMemoryLow", severity: "critical", fires: memory(4), quiet: memory(10) },
  {
    alert: "DiskAlmostFull",
    severity: "critical",
    fires: filled("node_filesystem", 5),
    quiet: filled("node_filesystem", 20),
  },
  {
    alert: "VolumeAlmostFull",
    severity: "critical",
    fires: filled("kubelet_volume_stats", 5),
    quiet: filled("kubelet_volume_stats", 20),
  },
  {
    alert: "CertificateExpiresSoon",
    severity: "warning",
    fires: { [`probe_ssl_earliest_cert_expiry{${HOST}}`]: `${10 * DAY}x480` },
    quiet: { [`probe_ssl_earliest_cert_expiry{${HOST}}`]: `${30 * DAY}x480` },
  },
  {
    alert: "PublicAddressDown",
    severity: "critical",
    fires: { [`probe_success{${HOST}}`]: constant(0) },
    quiet: { [`probe_success{${HOST}}`]: constant(1) },
  },
];

/** What Kubernetes wants of something, and what of that there is. */
const replicas = (object: string, metrics: readonly string[], values: readonly number[]): Series =>
  Object.fromEntries(
    metrics.map((metric, index) => [shop(`kube_${metric}`, object), constant(values[index] ?? 0)]),
  );
const deployed = (wanted: number, there: number) =>
  replicas(
    'deployment="order"',
    ["deployment_spec_replicas", "deployment_status_replicas_available"],
    [wanted, there],
  );
const scaled = (now: number, least: number, most: number) =>
  replicas(
    'horizontalpodautoscaler="order"',
    ["status_current", "spec_min", "spec_max"].map((part) => `horizontalpodautoscaler_${part}_replicas`),
    [now, least, most],
  );
const throttled = (each: number): Series => ({
  [shop("container_cpu_cfs_periods_total", 'pod="order-1"')]: grows(100),
  [shop("container_cpu_cfs_throttled_periods_total", 'pod="order-1"')]: grows(each),
});
const waits = (reason: string, values: string): Series => ({
  [shop("kube_pod_container_status_waiting_reason", `pod="order-1",container="order",reason="${reason}"`)]:
    values,
});

const workloads: readonly Case[] = [
  { alert: "ReplicasMissing", severity: "warning", fires: deployed(3, 2), quiet: deployed(3, 3) },
  {
    alert: "ReplicasMissing",
    severity: "warning",
    fires: replicas(
      'statefulset="redis"',
      ["statefulset_replicas", "statefulset_status_replicas_ready"],
      [3, 2],
    ),
  },
  {
    alert: "ContainerCannotStart",
    severity: "warning",
    // It runs for 15 seconds of each two minutes.
    fires: waits("CrashLoopBackOff", Array.from({ length: 15 }, () => "1x6 _").join(" ")),
    quiet: waits("ContainerCreating", constant(1)),
  },
  { alert: "AutoscalerAtMaximum", severity: "warning", fires: scaled(6, 2, 6), quiet: scaled(5, 2, 6) },
  // One that is told to have as many as it has is not short of any.
  { alert: "AutoscalerAtMaximum", severity: "warning", fires: scaled(6, 2, 6), quiet: scaled(1, 1, 1) },
  { alert: "CpuThrottled", severity: "warning", fires: throttled(60), quiet: throttled(40) },
];

const monitoring: readonly Case[] = [
  { alert: "Watchdog", severity: "none", fires: {} },
  {
    alert: "RuleEvaluationFails",
    severity: "warning",
    fires: { 'prometheus_rule_evaluation_failures_total{rule_group="cpu"}': grows(1) },
    quiet: { 'prometheus_rule_evaluation_failures_total{rule_group="cpu"}': constant(7) },
  },
  {
    alert: "AlertsNotDelivered",
    severity: "critical",
    fires: { 'alertmanager_notifications_failed_total{integration="webhook"}': grows(1) },
    quiet: { 'alertmanager_notifications_failed_total{integration="webhook"}': constant(9) },
  },
  {
    alert: "AlertsNotDelivered",
    severity: "critical",
    fires: { prometheus_notifications_dropped_total: grows(1) },
    quiet: { prometheus_notifications_dropped_total: constant(9) },
  },
];

/** Cases by the groups of rules that they need, the last of which has the alert. */
export const CASES: readonly { readonly groups: readonly string[]; readonly cases: readonly Case[] }[] = [
  { groups: ["cpu"], cases: cpu },
  { groups: ["requests", "objectives"], cases: objectives },
  { groups: ["business"], cases: business },
  { groups: ["messaging"], cases: messaging },
  { groups: ["stores"], cases: stores },
  { groups: ["platform"], cases: platform },
  { groups: ["workloads"], cases: workloads },
  { groups: ["monitoring"], cases: monitoring },
];
