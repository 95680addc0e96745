/** What the viewer's server tells its page. */

import type { Panel } from "../dashboards/model.ts";

/** How far back people can look. */
export const RANGES = ["15m", "1h", "6h", "24h"] as const;
export type Range = (typeof RANGES)[number];
export const DEFAULT_RANGE: Range = "1h";

/** A value; null where there is none, which JSON has no other word for. */
export type Value = number | null;

/** One line, with a value for each of the answer's times. */
export interface Line {
  readonly name: string;
  readonly values: readonly Value[];
}

/** Values of a table's row, one for each column. */
export interface TableRow {
  readonly name: string;
  readonly values: readonly Value[];
}

/** What a panel shows: lines, a number, or a table; or why it shows nothing. */
export type Shown =
  | { readonly kind: "lines"; readonly lines: readonly Line[]; readonly more: number }
  | { readonly kind: "number"; readonly value: Value }
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly rows: readonly TableRow[] }
  | { readonly kind: "problem"; readonly problem: string };

/** A panel with its data. */
export type ShownPanel = Pick<Panel, "title" | "kind" | "unit" | "description" | "mayBeEmpty"> & {
  readonly shown: Shown;
};

/** A dashboard with its data. */
export interface ShownDashboard {
  readonly name: string;
  readonly title: string;
  /** Times of the lines' values, in seconds since 1970. */
  readonly times: readonly number[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly ShownPanel[] }[];
}

/** A dashboard that can be asked for. */
export interface Listed {
  readonly name: string;
  readonly title: string;
}
