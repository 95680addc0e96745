/** The rules, evaluated by Prometheus' own tool. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../sandbox/command.ts";
import type { ServiceDescription } from "../../services/description.ts";
import { services } from "../../services/index.ts";
import { order } from "../../services/order/service.ts";
import { ensurePrograms } from "../../test/support/debian.ts";
import { CASES, type Case, type Series } from "../test/cases.ts";
import { ruleGroups } from "./index.ts";
import { alertsOf } from "./rule.ts";

const PROMTOOL = "/usr/bin/promtool";
const of = (described: readonly ServiceDescription[]) =>
  ruleGroups({ namespace: "shop", services: described, resources: {}, redisReplicas: 3 });
const groups = of(services);
/** Rules of one service: what they say of the others is the same, and takes promtool nine times as long. */
const tried = of([order]);
let directory: string;

beforeAll(async () => {
  await ensurePrograms({ prometheus: PROMTOOL });
  directory = mkdtempSync(join(tmpdir(), "tradestack-rules-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

/** Minutes that series of promtool's notation last, at a value every 15 seconds. */
const minutesOf = (series: Series): number =>
  Math.max(
    30,
    ...Object.values(series).map((values) =>
      values.split(" ").reduce((sum, part) => sum + Number(/x(\d+)$/.exec(part)?.[1] ?? 0) / 4, 0),
    ),
  );

const testOf = ({ alert, severity }: Case, series: Series, firing: number) => ({
  interval: "15s",
  name: `${alert} (${severity}) ${firing === 0 ? "stays silent" : "fires"}`,
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: `count by (alertname, severity) (ALERTS{alertname="${alert}",severity="${severity}",alertstate="firing"})`,
      eval_time: `${Math.floor(minutesOf(series))}m`,
      exp_samples:
        firing === 0 ? [] : [{ labels: `{alertname="${alert}", severity="${severity}"}`, value: firing }],
    },
  ],
});

test("Prometheus takes every rule", async () => {
  await run([PROMTOOL, "check", "rules", write("all.json", { groups })]);
});

test("there is a case for each alert at each severity", () => {
  const keys = (pairs: readonly (readonly [string, string])[]) =>
    [...new Set(pairs.map((pair) => pair.join()))].sort();
  const tested = CASES.flatMap(({ cases }) => cases.map((one) => [one.alert, one.severity] as const));
  expect(keys(tested)).toEqual(
    keys(alertsOf(groups).map((rule) => [rule.alert, rule.labels.severity] as const)),
  );
});

test.each(CASES)(
  "the alerts of $groups fire when they should, and not before",
  async ({ groups: names, cases }) => {
    const rules = write("rules.json", { groups: tried.filter(({ name }) => names.includes(name)) });
    const tests = cases.flatMap((one) => [
      testOf(one, one.fires, 1),
      ...(one.quiet === undefined ? [] : [testOf(one, one.quiet, 0)]),
    ]);
    await run([
      PROMTOOL,
      ...["test", "rules"],
      write("test.json", { rule_files: [rules], evaluation_interval: "30s", tests }),
    ]);
  },
);
