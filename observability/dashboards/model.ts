/** What a dashboard shows, whoever draws it. */

/** What a value counts; Grafana's names. */
export type Unit =
  | "short"
  | "percentunit"
  | "s"
  | "bytes"
  | "Bps"
  | "reqps"
  | "ops"
  | "cores"
  | "none"
  | "currency";

/** One line, or one line for each series that the expression gives. */
export interface Query {
  /** PromQL. */
  readonly expr: string;
  /** What a line is called, with labels as in `{{pod}}`. */
  readonly legend: string;
}

/** Lines over time, the latest value as a number, or latest values as a table with a column for each query. */
export interface Panel {
  readonly title: string;
  readonly kind: "lines" | "number" | "table";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Label that names a table's rows; its queries give one series for each value of it, and no other label. */
  readonly by?: string;
  /** What it tells, where the title does not say it all. */
  readonly description?: string;
  /**
   * Whether it may have no data in a platform that is well, as one that counts failures. A panel that may not and has
   * none is a fault.
   */
  readonly mayBeEmpty?: boolean;
}

/** Panels that belong together, side by side. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A page of panels. */
export interface Dashboard {
  /** Part of its address; never changes, for people keep addresses. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Lines over time. */
export const lines = (
  title: string,
  unit: Unit,
  queries: readonly Query[],
  more: Pick<Panel, "description" | "mayBeEmpty"> = {},
): Panel => ({ title, kind: "lines", unit, queries, ...more });

/** The latest value. */
export const number = (
  title: string,
  unit: Unit,
  expr: string,
  more: Pick<Panel, "description" | "mayBeEmpty"> = {},
): Panel => ({ title, kind: "number", unit, queries: [{ expr, legend: title }], ...more });

/** A row for each value of a label, and a column for each query. */
export const table = (
  title: string,
  unit: Unit,
  by: string,
  queries: readonly Query[],
  more: Pick<Panel, "description" | "mayBeEmpty"> = {},
): Panel => ({ title, kind: "table", unit, by, queries, ...more });

/** One line, or one column. */
export const query = (legend: string, expr: string): Query => ({ expr, legend });

/** Every panel of a dashboard, with the place that errors name. */
export const panelsOf = ({ title, rows }: Dashboard): { readonly place: string; readonly panel: Panel }[] =>
  rows.flatMap((row) =>
    row.panels.map((panel) => ({ place: `dashboard "${title}", panel "${panel.title}"`, panel })),
  );
