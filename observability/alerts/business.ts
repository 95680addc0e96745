import { type Scope, series } from "../scope.ts";
import { alert, type RuleGroup } from "./rule.ts";

/** Seconds that an order may be in a state that it only passes through; recovery looks every second. */
const STUCK = 600;

/** What the shop itself has to get right: money, goods and orders. */
export function businessAlerts(scope: Scope): RuleGroup {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  const payments = (matchers: string) => `sum(increase(${of("payments_total", matchers)}[15m]))`;
  const paid = (offset: string) => `sum(increase(${of("orders_total", 'state="paid"')}[15m]${offset}))`;
  return {
    name: "business",
    rules: [
      alert({
        name: "PaymentDeclineRateHigh",
        severity: "warning",
        when: `${payments('outcome="payment-declined"')} / ${payments("")} > 0.3 and ${payments("")} >= 20`,
        holds: "5m",
        summary: "Many cards are declined",
        description:
          "{{ $value | humanizePercentage }} of the authorisations of 15 minutes were declined: somebody tries stolen cards, or the provider has a problem.",
      }),
      alert({
        name: "PaymentsFail",
        severity: "critical",
        when: `${payments('outcome=~"error|provider-timeout|.*unavailable.*"')} / ${payments("")} > 0.1 and ${payments("")} >= 10`,
        holds: "5m",
        summary: "Payments get no answer",
        description: "{{ $value | humanizePercentage }} of the authorisations of 15 minutes had no answer.",
      }),
      alert({
        name: "OrdersStuck",
        severity: "critical",
        when: `max by (namespace, state) (${of("orders_under_way_oldest_seconds")}) > ${STUCK}`,
        holds: "1m",
        summary: "An order is stuck in the state {{ $labels.state }}",
        description:
          "For {{ $value | humanizeDuration }}. Stock or money is held for somebody who waits for an answer.",
      }),
      alert({
        name: "OwedRefundRefused",
        severity: "warning",
        when: `max by (namespace) (${of("order_owed_refunds_refused")}) > 0`,
        holds: "30m",
        summary: "The shop owes money that it cannot give back",
        description: "{{ $value }} refunds were refused by the payment provider and are tried again.",
      }),
      alert({
        name: "OrdersStopped",
        severity: "critical",
        when: `(${paid("")} or vector(0)) == 0 and ${paid(" offset 1h")} >= 20`,
        holds: "5m",
        summary: "No order is paid any more",
        description: "None for 15 minutes, an hour after there were at least 20 in as many.",
      }),
      alert({
        name: "StockBelowZero",
        severity: "critical",
        when: `min by (namespace) (${of("catalog_stock_lowest")}) < 0`,
        summary: "More was sold than there is",
        description: "The lowest stock is {{ $value }}. The database forbids that: somebody went round it.",
      }),
      alert({
        name: "LedgerImbalance",
        severity: "critical",
        when: `max by (namespace) (abs(${of("ledger_imbalance")})) != 0`,
        holds: "1m",
        summary: "The ledger's accounts do not add up to 0",
        description: "{{ $value }} minor units are missing or too many. Money is booked on one side only.",
      }),
      alert({
        name: "LoginFailuresHigh",
        severity: "warning",
        when: `sum by (namespace) (increase(${of("security_events_total", 'event=~"login-failed|locked-out"')}[10m])) > 100`,
        holds: "5m",
        summary: "Many logins fail",
        description: "{{ $value | humanize }} in 10 minutes: somebody guesses passwords.",
      }),
      alert({
        name: "StolenSession",
        severity: "warning",
        when: `sum by (namespace) (increase(${of("security_events_total", 'event="refresh-reused"')}[1h])) > 5`,
        summary: "Refresh tokens are used twice",
        description:
          "{{ $value | humanize }} in an hour: somebody has tokens of others. Their sessions are ended.",
      }),
      alert({
        name: "RefusalsHigh",
        severity: "warning",
        when: `sum by (namespace, event) (increase(${of("security_events_total", 'event=~"permission-refused|token-refused"')}[10m])) > 50`,
        holds: "5m",
        summary: "Much is refused: {{ $labels.event }}",
        description: "{{ $value | humanize }} in 10 minutes: somebody tries what is not theirs to do.",
      }),
      alert({
        name: "MailsWaiting",
        severity: "warning",
        when: `max by (namespace) (${of("account_mails_waiting")}) > 50`,
        holds: "15m",
        summary: "Mails are not sent",
        description: "{{ $value }} wait. New accounts cannot be confirmed, nor passwords be reset.",
      }),
    ],
  };
}
