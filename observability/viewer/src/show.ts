/** Dashboards with what Prometheus has for them. */

import type { Dashboard, Panel } from "../../dashboards/model.ts";
import type { Line, Range, Shown, ShownDashboard, TableRow, Value } from "../answers.ts";
import { type Ask, PrometheusError, type Series, type Window } from "./prometheus.ts";

/** Seconds of each range, and between two of its values: as close as a screen can show, and no closer than scrapes. */
const WINDOWS: Readonly<Record<Range, { readonly seconds: number; readonly step: number }>> = {
  "15m": { seconds: 900, step: 15 },
  "1h": { seconds: 3600, step: 30 },
  "6h": { seconds: 21_600, step: 120 },
  "24h": { seconds: 86_400, step: 480 },
};

/** Lines of one panel; the smallest are left out. */
export const MOST_LINES = 24;

/**
 * The window of a range that ends now: at a multiple of its step, so that it is the same for everybody who looks.
 *
 * @param now Seconds since 1970.
 */
export function windowOf(range: Range, now: number): Window {
  const { seconds, step } = WINDOWS[range];
  const end = Math.floor(now / step) * step;
  return { start: end - seconds, end, step };
}

/** Every time of a window. */
export const timesOf = ({ start, end, step }: Window): number[] =>
  Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);

/** Asks for all that a dashboard shows. What one panel lacks takes nothing from the others. */
export async function show(
  name: string,
  { title, rows }: Dashboard,
  window: Window,
  ask: Ask,
): Promise<ShownDashboard> {
  const times = timesOf(window);
  const shown = rows.map(async (row) => ({
    title: row.title,
    panels: await Promise.all(
      row.panels.map(async (panel) => ({
        title: panel.title,
        kind: panel.kind,
        unit: panel.unit,
        ...(panel.description === undefined ? {} : { description: panel.description }),
        ...(panel.mayBeEmpty === undefined ? {} : { mayBeEmpty: panel.mayBeEmpty }),
        shown: await showPanel(panel, window, times, ask),
      })),
    ),
  }));
  return { name, title, times, rows: await Promise.all(shown) };
}

async function showPanel(panel: Panel, window: Window, times: readonly number[], ask: Ask): Promise<Shown> {
  try {
    const at = panel.kind === "lines" ? window : window.end;
    const answers = await Promise.all(panel.queries.map(({ expr }) => ask(expr, at)));
    if (panel.kind === "number") return { kind: "number", value: latest(answers[0]?.[0]) };
    if (panel.kind === "table") return table(panel, answers);
    return lines(panel, answers, times);
  } catch (error) {
    if (error instanceof PrometheusError) return { kind: "problem", problem: error.message };
    throw error;
  }
}

function lines({ queries }: Panel, answers: readonly Series[][], times: readonly number[]): Shown {
  const all = answers.flatMap((series, index) =>
    series.map((one) => ({ name: nameOf(queries[index]?.legend ?? "", one), values: valuesAt(times, one) })),
  );
  const drawn = all.filter(({ values }) => values.some((value) => value !== null));
  const largest = drawn.length > MOST_LINES ? drawn.sort((a, b) => peak(b) - peak(a)) : drawn;
  const kept = largest.slice(0, MOST_LINES).sort((a, b) => a.name.localeCompare(b.name, "en"));
  return { kind: "lines", lines: kept, more: drawn.length - kept.length };
}

function table({ queries, by = "" }: Panel, answers: readonly Series[][]): Shown {
  const rows = new Map<string, Value[]>();
  for (const [column, series] of answers.entries()) {
    for (const one of series) {
      const name = one.labels[by] ?? "";
      const values = rows.get(name) ?? queries.map(() => null);
      values[column] = latest(one);
      rows.set(name, values);
    }
  }
  const sorted: TableRow[] = [...rows]
    .map(([name, values]) => ({ name, values }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  return { kind: "table", columns: queries.map(({ legend }) => legend), rows: sorted };
}

/** A legend with a series' own labels in the places of `{{pod}}`. */
const nameOf = (legend: string, { labels }: Series): string =>
  legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "").trim();

function valuesAt(times: readonly number[], { values }: Series): Value[] {
  const known = new Map(values);
  return times.map((time) => known.get(time) ?? null);
}

const latest = (series: Series | undefined): Value => series?.values.at(-1)?.[1] ?? null;
const peak = ({ values }: Line): number => Math.max(...values.map((value) => Math.abs(value ?? 0)));
