import { nearest } from "../../nearest.ts";
import { PlanError } from "../error.ts";
import type { Resources } from "../simulation/workload.ts";
import { Row } from "./read.ts";

/** A kind of node, and what it costs. */
export interface NodeType {
  readonly name: string;
  /** What pods can have of it. */
  readonly allocatable: Resources;
  /** Pods that it may run. */
  readonly pods: number;
  /** Price of an hour. */
  readonly hourly: number;
}

/** What a cluster costs, as of a date. */
export interface Prices {
  readonly date: string;
  readonly currency: string;
  /** Where the prices are from, in words. */
  readonly source: string;
  /** Price of an hour of what is there besides nodes. */
  readonly controlPlaneHourly: number;
  /** The node that is planned with where none is named. */
  readonly default: string;
  readonly nodes: readonly NodeType[];
}

const KEYS = ["date", "currency", "source", "controlPlaneHourly", "reserved", "default", "nodes"];

/**
 * Checks a table of prices; `capacity/tables/prices.json` is one.
 *
 * @param table What the JSON file holds.
 * @param name What messages call it.
 * @throws {PlanError} naming the place, the value and the remedy.
 */
export function pricesOf(table: unknown, name: string): Prices {
  const top = new Row(`${name}:`, table, KEYS);
  const reserved = top.row("reserved", ["cpu", "memory"]);
  const kept = { cpu: reserved.quantity("cpu"), memory: reserved.quantity("memory") };
  const nodes = top.row("nodes");
  const prices = {
    date: top.date("date"),
    currency: top.text("currency"),
    source: top.text("source"),
    controlPlaneHourly: top.number("controlPlaneHourly"),
    default: top.text("default"),
    nodes: nodes.keys.map((type) => {
      const row = nodes.row(type, ["cpu", "memory", "pods", "hourly"]);
      const allocatable = {
        cpu: row.quantity("cpu") - kept.cpu,
        memory: row.quantity("memory") - kept.memory,
      };
      if (allocatable.cpu <= 0 || allocatable.memory <= 0) {
        throw new PlanError(
          `${row.place}: nothing is left of it after what is reserved; leave it out, or reserve less`,
        );
      }
      return { name: type, allocatable, pods: row.number("pods"), hourly: row.number("hourly") };
    }),
  };
  nodeType(prices, prices.default);
  return prices;
}

/**
 * The node of a name.
 *
 * @throws {PlanError} for one that has no price, with the nearest that has.
 */
export function nodeType({ nodes }: Prices, name: string): NodeType {
  const found = nodes.find((node) => node.name === name);
  if (found !== undefined) return found;
  const names = nodes.map((node) => node.name);
  const meant = nearest(name, names);
  throw new PlanError(
    `node "${name}" has no price${meant === undefined ? "" : `; did you mean "${meant}"?`} (${names.join(", ")}); a table of your own is named with --prices`,
  );
}
