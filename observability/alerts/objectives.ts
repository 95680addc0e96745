/**
 * Alerts on the error budgets that the services' objectives leave, by several windows and burn rates (The Site
 * Reliability Workbook, chapter 5): a long window says that it matters, a short one that it still goes on.
 */

import { type ServiceDescription, seconds } from "../../services/description.ts";
import { type Scope, series } from "../scope.ts";
import { type AlertRule, alert, type Duration, type RecordingRule, type RuleGroup } from "./rule.ts";

const DURATION = "http_server_request_duration_seconds";
/** Windows that ratios are kept of. */
const WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const satisfies Duration[];
type Window = (typeof WINDOWS)[number];

/** How many times faster than allowed a budget of 30 days is spent, over which windows. */
interface Burn {
  readonly rate: number;
  readonly long: Window;
  readonly short: Window;
}
/** 2 % of the budget in an hour, 5 % in six. */
const PAGE: readonly Burn[] = [
  { rate: 14.4, long: "1h", short: "5m" },
  { rate: 6, long: "6h", short: "30m" },
];
/** 10 % of the budget in a day, or all of it in the 30. */
const TICKET: readonly Burn[] = [
  { rate: 3, long: "1d", short: "2h" },
  { rate: 1, long: "3d", short: "6h" },
];
/** Seconds between two evaluations: what a sum of rates is multiplied by to count requests. */
const INTERVAL = 30;
/** Fewer bad requests than these in the long window are no trend, whatever their share at night. */
const FEWEST = 5;
/** Share of requests that may take longer than the objective's p99. */
const SLOW_BUDGET = 0.01;

/** What can be wrong with requests, and the recorded series that count it. */
const KINDS = {
  failed: "job:http_requests_failed",
  slow: "job:http_requests_slow",
} as const;
type Kind = keyof typeof KINDS;

/** Requests, and those that failed or took too long, per service: per second over five minutes. */
export function requestRates(scope: Scope): RuleGroup {
  const all = sum(series(`${DURATION}_count`, scope));
  return {
    name: "requests",
    interval: `${INTERVAL}s`,
    rules: [
      { record: "job:http_requests:rate5m", expr: all },
      {
        record: `${KINDS.failed}:rate5m`,
        // No failure yet is no series, where 0 is meant.
        expr: `${sum(series(`${DURATION}_count`, scope, 'status=~"5.."'))} or 0 * ${all}`,
      },
      ...scope.services.map((service) => ({ record: `${KINDS.slow}:rate5m`, expr: slow(service, scope) })),
      ...(Object.keys(KINDS) as Kind[]).flatMap((kind) =>
        WINDOWS.map((window) => ratio(kind, window, scope)),
      ),
    ],
  };
}

/** Two alerts for each promise of each service: one to act on at once, one for working hours. */
export function objectiveAlerts(scope: Scope): RuleGroup {
  return {
    name: "objectives",
    interval: `${INTERVAL}s`,
    rules: scope.services.flatMap((service) => promises(service, scope)),
  };
}

function promises(service: ServiceDescription, scope: Scope): AlertRule[] {
  const { availability, p99 } = service.objectives;
  const budget = Number((1 - availability / 100).toPrecision(6));
  const both = (["critical", "warning"] as const).flatMap((severity) => {
    const burns = severity === "critical" ? PAGE : TICKET;
    const labels = { service: service.name };
    return [
      alert({
        name: "ErrorBudgetBurn",
        severity,
        labels,
        when: burning(burns, "failed", service.name, budget, scope),
        summary: `${service.name} answers too many requests with errors`,
        description: `{{ $value | humanizePercentage }} fail; ${availability} % are promised to succeed. At this pace ${pace(severity)}.`,
      }),
      alert({
        name: "LatencyBudgetBurn",
        severity,
        labels,
        when: burning(burns, "slow", service.name, SLOW_BUDGET, scope),
        summary: `${service.name} answers too many requests slowly`,
        description: `{{ $value | humanizePercentage }} take longer than ${p99}; 1 % may. At this pace ${pace(severity)}.`,
      }),
    ];
  });
  return both;
}

const pace = (severity: "critical" | "warning"): string =>
  severity === "critical" ? "the month's budget is gone within days" : "the month's budget will not last";

function burning(burns: readonly Burn[], kind: Kind, service: string, budget: number, scope: Scope): string {
  const job = `job="${service}"`;
  const clauses = burns.map(({ rate, long, short }) => {
    const limit = Number((rate * budget).toPrecision(6));
    const over = (window: Window) => `${series(`${KINDS[kind]}:ratio_rate${window}`, scope, job)} > ${limit}`;
    const count = `sum_over_time(${series(`${KINDS[kind]}:rate5m`, scope, job)}[${long}]) * ${INTERVAL} >= ${FEWEST}`;
    return `(${over(long)} and ${over(short)} and ${count})`;
  });
  return clauses.join("\nor ");
}

function ratio(kind: Kind, window: Window, scope: Scope): RecordingRule {
  const over = (metric: string) => `sum_over_time(${series(`${metric}:rate5m`, scope)}[${window}])`;
  return {
    record: `${KINDS[kind]}:ratio_rate${window}`,
    expr: `${over(KINDS[kind])} / ${over("job:http_requests")}`,
  };
}

function slow(service: ServiceDescription, scope: Scope): string {
  const job = `job="${service.name}"`;
  // Prometheus 3 writes a bound of whole seconds with a decimal point, earlier ones without.
  const bound = String(seconds(service.objectives.p99));
  const le = bound.includes(".") ? `le="${bound}"` : `le=~"${bound}(\\\\.0)?"`;
  return `clamp_min(${sum(series(`${DURATION}_count`, scope, job))} - ${sum(series(`${DURATION}_bucket`, scope, `${job},${le}`))}, 0)`;
}

const sum = (selector: string): string => `sum by (namespace, job) (rate(${selector}[5m]))`;
