import { describe, expect, test } from "vitest";
import { services } from "../../services/index.ts";
import { ruleGroups } from "../alerts/index.ts";
import { METRICS } from "../metrics/exported.ts";
import { unknownMetrics } from "../promql/parse.ts";
import { dashboards } from "./for-grafana.ts";
import { dashboardModels } from "./index.ts";
import { panelsOf } from "./model.ts";

const scope = { namespace: "shop", services, resources: {}, redisReplicas: 3 };
const models = dashboardModels(scope);
const panels = Object.values(models).flatMap(panelsOf);

test("there is one for the whole, for each service, and for each store", () => {
  expect(Object.keys(models).sort()).toEqual(
    [
      "platform-overview",
      "capacity",
      "security",
      "postgres",
      "redis",
      "rabbitmq",
      ...services.map(({ name }) => `service-${name}`),
    ].sort(),
  );
  const uids = Object.values(models).map(({ uid }) => uid);
  expect(new Set(uids).size).toBe(uids.length);
});

test("every query is PromQL over what somebody exports or a rule records", () => {
  const recorded = ruleGroups(scope).flatMap(({ rules }) =>
    rules.flatMap((rule) => ("record" in rule ? [rule.record] : [])),
  );
  const asked = panels.flatMap(({ place, panel }) =>
    panel.queries.map(({ expr }) => ({ place, expression: expr })),
  );
  // Prometheus itself keeps what fires as a series.
  expect(unknownMetrics(asked, new Set([...METRICS, ...recorded, "ALERTS"]))).toEqual([]);
});

describe("every panel", () => {
  test("has a title of its own in its dashboard's row, and at least one query", () => {
    for (const { title, rows } of Object.values(models)) {
      for (const row of rows) {
        const titles = row.panels.map((panel) => panel.title);
        expect(new Set(titles).size, `${title}, ${row.title}`).toBe(titles.length);
      }
    }
    for (const { place, panel } of panels) expect(panel.queries.length, place).toBeGreaterThan(0);
  });
});

test("each query of a table gives one series for each of its rows", () => {
  const tables = panels.filter(({ panel }) => panel.kind === "table");
  expect(tables.length).toBeGreaterThan(0);
  for (const { place, panel } of tables) {
    for (const { expr } of panel.queries) expect(expr, place).toMatch(`by (${panel.by}) (`);
  }
});

test("a service's dashboard has what the service has", () => {
  const rows = (name: string) =>
    models[`service-${name}`]?.rows.map(({ title }) => title.replace(/[: ].*/, ""));
  expect(rows("order")).toEqual(["Promises", "Requests", "Calls", "Database", "Events", "Replicas"]);
  expect(rows("storefront")).toEqual(["Promises", "Requests", "Replicas"]);
});

test("Grafana is given each panel, side by side within the width of its grid", () => {
  const built = dashboards(scope) as Record<
    string,
    { uid: string; panels: { type: string; gridPos: { x: number; w: number } }[] }
  >;
  for (const [name, model] of Object.entries(models)) {
    const drawn = built[name]?.panels.filter(({ type }) => type !== "row") ?? [];
    expect(drawn, name).toHaveLength(panelsOf(model).length);
    for (const { gridPos } of drawn) expect(gridPos.x + gridPos.w, name).toBeLessThanOrEqual(24);
  }
  const tables = Object.values(built).flatMap((one) => one.panels.filter(({ type }) => type === "table"));
  expect(JSON.stringify(tables)).toContain('"Value #B":"wanted"');
  // A ConfigMap holds a mebibyte.
  expect(JSON.stringify(built).length).toBeLessThan(2 ** 20);
});
