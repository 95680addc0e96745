import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { services } from "../../services/index.ts";
import { METRICS } from "../metrics/exported.ts";
import { unknownMetrics } from "../promql/parse.ts";
import { ruleGroups } from "./index.ts";
import { AlertError, alert, alertsOf, runbookOf } from "./rule.ts";

const root = join(import.meta.dirname, "..", "..");
const groups = ruleGroups({ namespace: "shop", services, resources: {}, redisReplicas: 3 });
const alerts = alertsOf(groups);
const rules = groups.flatMap((group) => group.rules);

test("every expression is PromQL over what somebody exports or another rule records", () => {
  const recorded = rules.flatMap((rule) => ("record" in rule ? [rule.record] : []));
  const asked = rules.map((rule) => ({
    place: "alert" in rule ? `alert "${rule.alert}"` : `record "${rule.record}"`,
    expression: rule.expr,
  }));
  expect(unknownMetrics(asked, new Set([...METRICS, ...recorded]))).toEqual([]);
});

test("every alert has a runbook, and every runbook an alert", () => {
  const names = [...new Set(alerts.map((rule) => rule.alert))].sort();
  expect(names.filter((name) => !existsSync(join(root, runbookOf(name))))).toEqual([]);
  const pages = globSync("docs/runbooks/*.md", { cwd: root }).map((page) => basename(page, ".md"));
  expect(pages.filter((page) => page !== "README").sort()).toEqual(names);
});

test("every service has both promises watched, at two speeds", () => {
  for (const { name } of services) {
    const own = alerts
      .filter((rule) => rule.labels.service === name)
      .map((rule) => [rule.alert, rule.labels.severity]);
    expect(own).toEqual([
      ["ErrorBudgetBurn", "critical"],
      ["LatencyBudgetBurn", "critical"],
      ["ErrorBudgetBurn", "warning"],
      ["LatencyBudgetBurn", "warning"],
      ["ServiceDown", "critical"],
    ]);
  }
});

test("a budget follows from the promise", () => {
  const of = (service: string) =>
    alerts.find(({ alert, labels }) => alert === "ErrorBudgetBurn" && labels.service === service)?.expr;
  expect(of("order")).toContain('ratio_rate1h{namespace="shop",job="order"} > 0.0144 ');
  expect(of("payment")).toContain('ratio_rate1h{namespace="shop",job="payment"} > 0.0072 ');
});

test("a promise of whole seconds is found however Prometheus writes its bound", () => {
  const slow = rules.filter((rule) => "record" in rule && rule.record === "job:http_requests_slow:rate5m");
  const [account] = slow.filter(({ expr }) => expr.includes('job="account"'));
  expect(account?.expr).toContain('le=~"1(\\\\.0)?"');
});

describe("an alert that cannot be is refused by name", () => {
  const good = {
    name: "TooHot",
    severity: "warning",
    when: "up == 0",
    summary: "a",
    description: "b",
  } as const;
  test.each([
    [{ name: "tooHot" }, /^alert "tooHot": the name/],
    [{ when: " " }, /^alert "TooHot", when: is empty/],
    [{ summary: "" }, /^alert "TooHot", summary: is empty/],
  ])("%j", (changes, message) => {
    expect(() => alert({ ...good, ...changes })).toThrow(AlertError);
    expect(() => alert({ ...good, ...changes })).toThrow(message);
  });
});
