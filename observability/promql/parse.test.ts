import { describe, expect, test } from "vitest";
import { ExpressionError, metricsIn, unknownMetrics } from "./parse.ts";

describe("the metrics of an expression", () => {
  test.each([
    ['rate(up{job="order"}[5m]) > 0', ["up"]],
    ["sum by (job) (a:b_c:rate5m) / ignoring (x) group_left (y) b or vector(0)", ["a:b_c:rate5m", "b"]],
    ["histogram_quantile(0.99, sum by (le) (rate(h_bucket[1m] offset 5m)))", ["h_bucket"]],
    ["avg_over_time(max(a)[1h:1m]) - time()", ["a"]],
  ])("%s", (expression, names) => {
    expect(metricsIn("here", expression)).toEqual(names);
  });
});

test.each(["sum(", "rate(up[5m]", "up{job=order}", "a b", "", "rate(up[5 minutes])"])(
  'refuses "%s" and names the place',
  (expression) => {
    expect(() => metricsIn('panel "Orders"', expression)).toThrow(ExpressionError);
    expect(() => metricsIn('panel "Orders"', expression)).toThrow(/^panel "Orders": /);
  },
);

test("tells each metric that nobody exports, and who asks for it", () => {
  const asked = [
    { place: 'panel "A"', expression: "up + upp" },
    { place: 'panel "B"', expression: "up" },
  ];
  expect(unknownMetrics(asked, new Set(["up"]))).toEqual([
    expect.stringMatching(/^panel "A": nobody exports "upp"; /),
  ]);
});
