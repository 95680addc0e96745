/** Dashboards as Grafana reads them, by its own builders. */

import { DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Dashboard, Panel, Unit } from "./model.ts";

/** The data source that Grafana is provisioned with. */
const DATASOURCE = { type: "prometheus", uid: "prometheus" };
/** Columns of Grafana's grid. */
const COLUMNS = 24;
const HEIGHT = { lines: 8, number: 4 } as const;

/** Units that Grafana has no name of its own for. */
const UNITS: Partial<Record<Unit, string>> = { cores: "suffix: cores", currency: "none", ops: "ops" };

/**
 * A dashboard in Grafana's JSON.
 *
 * @example toGrafana(platformOverview(scope))
 */
export function toGrafana(dashboard: Dashboard) {
  const built = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .tags(["tradestack"])
    .timezone("browser")
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .readonly();
  for (const row of dashboard.rows) {
    built.withRow(new RowBuilder(row.title));
    const width = Math.max(4, Math.floor(COLUMNS / Math.min(row.panels.length, 4)));
    for (const panel of row.panels) built.withPanel(panelOf(panel).span(width).height(HEIGHT[panel.kind]));
  }
  return built.build();
}

function panelOf(panel: Panel): StatBuilder | TimeseriesBuilder {
  const targets = panel.queries.map(({ expr, legend }, index) => {
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .expr(expr)
      .legendFormat(legend);
    return panel.kind === "number" ? target.instant() : target.range();
  });
  const built = panel.kind === "number" ? new StatBuilder() : new TimeseriesBuilder().fillOpacity(10);
  return built
    .title(panel.title)
    .description(panel.description ?? "")
    .datasource(DATASOURCE)
    .unit(UNITS[panel.unit] ?? panel.unit)
    .noValue(panel.mayBeEmpty ? "0" : "no data")
    .targets(targets);
}
