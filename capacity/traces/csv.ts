import { nearest } from "../../nearest.ts";
import { PlanError } from "../error.ts";
import { type Trace, traceOf } from "./trace.ts";

/** The columns that a trace needs; others are left alone. */
const COLUMNS = ["seconds", "orders_per_minute"] as const;

/**
 * Reads a trace from comma-separated values: a line of column names, of which `seconds` and `orders_per_minute` are
 * needed, then a line for each point. Empty lines and those that begin with # are left out.
 *
 * @param text What the file holds.
 * @param name What messages call it.
 * @throws {PlanError} naming the line, what it says and what it should.
 * @example parseTrace("seconds,orders_per_minute\n0,100\n3600,400\n", "today.csv")
 */
export function parseTrace(text: string, name: string): Trace {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, cells: line.split(",").map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.join("") !== "" && !cells[0]?.startsWith("#"));
  const [header, ...rows] = lines;
  if (header === undefined) {
    throw new PlanError(`${name}: the file is empty; begin it with a line ${COLUMNS.join(",")}`);
  }
  const [seconds, orders] = COLUMNS.map((column) =>
    indexOf(column, header.cells, `${name}, line ${header.number}`),
  );
  const points = rows.map(({ number, cells }) => {
    const cell = (index: number | undefined, column: string): number => {
      const value = cells[index ?? -1] ?? "";
      const read = value === "" ? Number.NaN : Number(value);
      if (Number.isFinite(read) && read >= 0) return read;
      throw new PlanError(
        `${name}, line ${number}, ${column}: "${value}" is not a number of 0 or more; write one`,
      );
    };
    return { second: cell(seconds, "seconds"), ordersPerMinute: cell(orders, "orders_per_minute") };
  });
  return traceOf(name, points);
}

function indexOf(column: string, cells: readonly string[], place: string): number {
  const index = cells.indexOf(column);
  if (index >= 0) return index;
  const others = cells.filter((cell) => !COLUMNS.some((known) => known === cell));
  const meant = nearest(column, others);
  throw new PlanError(
    `${place}: there is no column ${column}${meant === undefined ? "" : ` (was "${meant}" meant?)`}; begin the file with ${COLUMNS.join(",")}`,
  );
}
