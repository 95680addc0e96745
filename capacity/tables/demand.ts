import { numberIn } from "../error.ts";
import type { Demand } from "../simulation/workload.ts";
import { Row } from "./read.ts";

/** What orders cost the workloads, as of a date. */
export interface DemandTable {
  readonly date: string;
  /** Where the figures are from, in words. */
  readonly source: string;
  /** Pages that shoppers look at for each order. */
  readonly viewsPerOrder: number;
  readonly workloads: ReadonlyMap<string, WorkloadDemand>;
}

/** What orders cost one workload. */
export interface WorkloadDemand extends Demand {
  /** Pods that take the load; undefined: all. */
  readonly active: number | undefined;
}

const KEYS = ["date", "source", "viewsPerOrder", "workloads"];
const PART = ["requests", "cpuMilliseconds"];

/**
 * Checks a table of what orders cost; `capacity/tables/demand.json` is one.
 *
 * @param table What the JSON file holds.
 * @param name What messages call it.
 * @param viewsPerOrder Pages that are looked at for each order. Default: the table's.
 * @throws {PlanError} naming the place, the value and the remedy.
 */
export function demandOf(table: unknown, name: string, viewsPerOrder?: number): DemandTable {
  const top = new Row(`${name}:`, table, KEYS);
  const views = numberIn("views per order", viewsPerOrder ?? top.number("viewsPerOrder"));
  const rows = top.row("workloads");
  const workloads = rows.keys.map((key): [string, WorkloadDemand] => {
    const row = rows.row(key, ["active", "idleMillicores", "order", "view"]);
    const [order, view] = [row.row("order", PART), row.row("view", PART)];
    const sum = (what: string) => order.number(what) + views * view.number(what);
    const requestsPerOrder = sum("requests");
    return [
      key,
      {
        active: row.has("active")
          ? numberIn(row.at("active"), row.number("active"), { above: 0 })
          : undefined,
        requestsPerOrder,
        cpuSecondsPerRequest: requestsPerOrder === 0 ? 0 : sum("cpuMilliseconds") / 1000 / requestsPerOrder,
        idleCpu: row.number("idleMillicores") / 1000,
      },
    ];
  });
  return {
    date: top.date("date"),
    source: top.text("source"),
    viewsPerOrder: views,
    workloads: new Map(workloads),
  };
}
