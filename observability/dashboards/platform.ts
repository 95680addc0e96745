import { NODE_CPU, POD_CPU } from "../alerts/cpu.ts";
import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, query, table } from "./model.ts";

const DURATION = "http_server_request_duration_seconds";

/** Whether the shop does well, on one page: how fast, how many, how wrong, how full; orders and money. */
export function platformOverview(scope: Scope): Dashboard {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const gateway = (metric: string, matchers = "") =>
    of(`${DURATION}_${metric}`, `job="gateway"${matchers && `,${matchers}`}`);
  const orders = (state: string) =>
    `sum(increase(${of("orders_total", `state="${state}"`)}[1h])) or vector(0)`;
  return {
    uid: "tradestack-overview",
    title: "Platform overview",
    rows: [
      {
        title: "Now",
        panels: [
          number("Orders paid, last hour", "short", orders("paid")),
          number("Requests", "reqps", `sum(rate(${gateway("count")}[5m]))`),
          number(
            "Failed requests",
            "percentunit",
            `(sum(rate(${gateway("count", 'status=~"5.."')}[5m])) or vector(0)) / sum(rate(${gateway("count")}[5m]))`,
          ),
          number("p99", "s", `histogram_quantile(0.99, sum by (le) (rate(${gateway("bucket")}[5m])))`),
        ],
      },
      {
        title: "Golden signals, by service",
        panels: [
          lines("Requests", "reqps", [query("{{job}}", of("job:http_requests:rate5m"))]),
          lines("Failed requests", "percentunit", [
            query("{{job}}", of("job:http_requests_failed:ratio_rate5m")),
          ]),
          lines("p99", "s", [
            query(
              "{{job}}",
              `histogram_quantile(0.99, sum by (job, le) (rate(${of(`${DURATION}_bucket`)}[5m])))`,
            ),
          ]),
          lines("CPU of the limit", "percentunit", [query("{{pod}}", of(POD_CPU))]),
        ],
      },
      {
        title: "Orders",
        panels: [
          lines("Orders a minute", "short", [
            query("{{state}}", `sum by (state) (rate(${of("orders_total")}[5m])) * 60`),
          ]),
          lines("Orders under way", "short", [
            query("{{state}}", `max by (state) (${of("orders_under_way")})`),
          ]),
          lines("Longest in one state", "s", [
            query("{{state}}", `max by (state) (${of("orders_under_way_oldest_seconds")})`),
          ]),
          lines(
            "Refunds and cancellations an hour",
            "short",
            [query("{{what}}, {{end}}", `sum by (what, end) (increase(${of("order_changes_total")}[1h]))`)],
            { mayBeEmpty: true },
          ),
        ],
      },
      {
        title: "Money and goods",
        panels: [
          lines("Authorisations a minute", "short", [
            query("{{outcome}}", `sum by (outcome) (rate(${of("payments_total")}[5m])) * 60`),
          ]),
          number("Ledger imbalance", "currency", `max(abs(${of("ledger_imbalance")}))`, {
            description: "Minor units; anything but 0 is wrong.",
          }),
          number("Lowest stock", "short", `min(${of("catalog_stock_lowest")})`),
          lines(
            "Parcels an hour",
            "short",
            [query("{{state}}", `sum by (state) (increase(${of("shipments_total")}[1h]))`)],
            { mayBeEmpty: true },
          ),
        ],
      },
      {
        title: "Beneath",
        panels: [
          lines("CPU of nodes", "percentunit", [query("{{node}}", `max by (node) (${NODE_CPU})`)]),
          lines("Events waiting to be published", "s", [
            query("{{job}}", `max by (job) (${of("outbox_lag_seconds")})`),
          ]),
          lines("Events waiting to be handled", "s", [
            query("{{job}}", `max by (job) (${of("inbox_lag_seconds")})`),
          ]),
          table(
            "Alerts",
            "short",
            "alertname",
            [query("firing", 'count by (alertname) (ALERTS{alertstate="firing",severity!="none"})')],
            { mayBeEmpty: true, description: "Empty while all is well." },
          ),
        ],
      },
    ],
  };
}
