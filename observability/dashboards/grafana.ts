/** Dashboards as Grafana reads them, by its own builders. */

import { DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Dashboard, Panel, Unit } from "./model.ts";

/** The data source that Grafana is provisioned with. */
const DATASOURCE = { type: "prometheus", uid: "prometheus" };
/** Columns of Grafana's grid. */
const COLUMNS = 24;
const HEIGHT = { lines: 8, number: 4, table: 8 } as const;

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

/** Names of queries within a panel. */
const refId = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

function panelOf(panel: Panel): StatBuilder | TimeseriesBuilder | TableBuilder {
  const targets = panel.queries.map(({ expr, legend }, index) => {
    const target = new DataqueryBuilder().refId(refId(index)).expr(expr).legendFormat(legend);
    if (panel.kind === "table") target.format(PromQueryFormat.Table);
    return panel.kind === "lines" ? target.range() : target.instant();
  });
  return emptyPanel(panel)
    .title(panel.title)
    .description(panel.description ?? "")
    .datasource(DATASOURCE)
    .unit(UNITS[panel.unit] ?? panel.unit)
    .noValue(panel.mayBeEmpty ? "0" : "no data")
    .targets(targets);
}

function emptyPanel({ kind, queries }: Panel): StatBuilder | TimeseriesBuilder | TableBuilder {
  if (kind === "lines") return new TimeseriesBuilder().fillOpacity(10);
  if (kind === "number") return new StatBuilder();
  // Each query is a table of its own at first, all with a column "Value" and that of the label.
  const columns = queries.flatMap(({ legend }, index) => [
    [`Value #${refId(index)}`, legend],
    ...(queries.length === 1 ? [["Value", legend]] : []),
  ]);
  return new TableBuilder().transformations([
    { id: "merge", options: {} },
    { id: "organize", options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(columns) } },
  ]);
}
