import { parseQuantity } from "../../components/quantity.ts";
import { type ServiceDescription, seconds } from "../../services/description.ts";
import { POD_CPU } from "../alerts/cpu.ts";
import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, query, type Row } from "./model.ts";

const DURATION = "http_server_request_duration_seconds";
const CALLS = "http_client_request_duration_seconds";

/** One service, as it describes itself: what it promises, whom it calls, what it keeps and what it tells. */
export function serviceDashboard(service: ServiceDescription, scope: Scope): Dashboard {
  return {
    uid: `tradestack-${service.name}`,
    title: `Service ${service.name}`,
    rows: [
      promises(service, scope),
      requests(service, scope),
      ...(service.calls.length === 0 ? [] : [calls(service, scope)]),
      ...(service.database === undefined ? [] : [database(service, scope)]),
      ...(service.publishes.length + service.consumes.length === 0 ? [] : [events(service, scope)]),
      replicas(service, scope),
    ],
  };
}

const own =
  (service: ServiceDescription, scope: Scope) =>
  (metric: string, matchers = "") =>
    series(metric, scope, `job="${service.name}"${matchers && `,${matchers}`}`);

function promises(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  const { availability, p99 } = service.objectives;
  const left = (kind: string, budget: number) =>
    `1 - (${of(`job:http_requests_${kind}:ratio_rate3d`)} / ${Number(budget.toPrecision(6))})`;
  return {
    title: `Promises: ${availability} % succeed, 99 % within ${p99}`,
    panels: [
      number(
        "Error budget left, at the pace of three days",
        "percentunit",
        left("failed", 1 - availability / 100),
      ),
      number("Latency budget left, at the pace of three days", "percentunit", left("slow", 0.01)),
      lines("Failed and slow requests", "percentunit", [
        query("failed", of("job:http_requests_failed:ratio_rate5m")),
        query("slow", of("job:http_requests_slow:ratio_rate5m")),
      ]),
      lines("p99", "s", [
        query("p99", `histogram_quantile(0.99, sum by (le) (rate(${of(`${DURATION}_bucket`)}[5m])))`),
        query("promised", `vector(${seconds(p99)})`),
      ]),
    ],
  };
}

function requests(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  const rate = (by: string) => `sum by (${by}) (rate(${of(`${DURATION}_count`)}[5m]))`;
  return {
    title: "Requests",
    panels: [
      lines("By route", "reqps", [query("{{method}} {{route}}", rate("method, route"))]),
      lines("By status", "reqps", [query("{{status}}", rate("status"))]),
      lines("Mean time by route", "s", [
        query(
          "{{method}} {{route}}",
          `sum by (method, route) (rate(${of(`${DURATION}_sum`)}[5m])) / ${rate("method, route")}`,
        ),
      ]),
    ],
  };
}

function calls(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  // Prometheus puts its own `exported_` before a label of that name only where it has one itself.
  return {
    title: `Calls to ${service.calls.map(({ name }) => name).join(", ")}`,
    panels: [
      lines(
        "Calls",
        "reqps",
        [query("{{service}} {{outcome}}", `sum by (service, outcome) (rate(${of(`${CALLS}_count`)}[5m]))`)],
        { mayBeEmpty: true },
      ),
      lines(
        "p99",
        "s",
        [
          query(
            "{{service}}",
            `histogram_quantile(0.99, sum by (service, le) (rate(${of(`${CALLS}_bucket`)}[5m])))`,
          ),
        ],
        { mayBeEmpty: true },
      ),
    ],
  };
}

function database(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  const stats = (metric: string) => series(metric, scope, `datname="${service.name}"`);
  return {
    title: "Database",
    panels: [
      lines("Connections", "short", [
        query("open", `sum(${of("database_connections")})`),
        query("idle", `sum(${of("database_connections_idle")})`),
        query("requests waiting for one", `sum(${of("database_waiting_requests")})`),
      ]),
      lines("Transactions", "ops", [
        query("committed", `sum(rate(${stats("pg_stat_database_xact_commit")}[5m]))`),
        query("rolled back", `sum(rate(${stats("pg_stat_database_xact_rollback")}[5m]))`),
      ]),
      lines("Size", "bytes", [query("{{datname}}", `max by (datname) (${stats("pg_database_size_bytes")})`)]),
    ],
  };
}

function events(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  const published = service.publishes.length > 0;
  const consumed = service.consumes.length > 0;
  return {
    title: "Events",
    panels: [
      lines(
        "Events",
        "ops",
        [
          ...(published ? [query("published", `sum(rate(${of("outbox_published_total")}[5m]))`)] : []),
          ...(consumed
            ? [query("handled: {{event}}", `sum by (event) (rate(${of("inbox_handled_total")}[5m]))`)]
            : []),
        ],
        { mayBeEmpty: true },
      ),
      lines("Lag", "s", [
        ...(published ? [query("to be published", `max(${of("outbox_lag_seconds")})`)] : []),
        ...(consumed ? [query("to be handled", `max(${of("inbox_lag_seconds")})`)] : []),
      ]),
      ...(consumed ? [number("Dead letters", "short", `max(${of("inbox_dead_letters")})`)] : []),
    ],
  };
}

function replicas(service: ServiceDescription, scope: Scope): Row {
  const of = own(service, scope);
  const { cpu, memory } = scope.resources[service.name] ?? service.resources;
  return {
    title: `Replicas: ${cpu.request} to ${cpu.limit} CPUs, ${memory.request} to ${memory.limit}`,
    panels: [
      lines("Replicas", "short", [query("answering", `sum(${of("up")})`)]),
      lines("CPU of the limit", "percentunit", [query("{{pod}}", of(POD_CPU))]),
      lines("Memory", "bytes", [
        query("{{pod}}", of("process_resident_memory_bytes")),
        query("limit", `vector(${parseQuantity(memory.limit)})`),
      ]),
      lines("Event loop, late by (p99)", "s", [query("{{pod}}", of("nodejs_eventloop_lag_p99_seconds"))]),
    ],
  };
}
