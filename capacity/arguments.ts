import { extname } from "node:path";
import { type Options, oneOf, readOptions, UsageError } from "../command-line/options.ts";
import { parseQuantity } from "../components/quantity.ts";
import { SHAPES, type Shape } from "./traces/shapes.ts";

/** What is to be planned. */
export interface Arguments {
  readonly stack: string;
  /** A shape, or the path of a CSV file. */
  readonly trace: Shape | { readonly file: string };
  /** The most orders a minute of a shape. */
  readonly ordersPerMinute: number;
  readonly viewsPerOrder: number | undefined;
  /** Kind of node, by its name in the table of prices. */
  readonly node: string | undefined;
  readonly maxNodes: number | undefined;
  /** What is tried instead of what the stack says. */
  readonly maxReplicas: number | undefined;
  readonly cpuRequest: number | undefined;
  /** Tables of the user's own. */
  readonly prices: string | undefined;
  readonly demand: string | undefined;
  readonly json: boolean;
  /** File that the plot is written to. */
  readonly svg: string | undefined;
}

const OPTIONS = {
  stack: { type: "string" },
  trace: { type: "string" },
  "orders-per-minute": { type: "string" },
  "views-per-order": { type: "string" },
  node: { type: "string" },
  "max-nodes": { type: "string" },
  "max-replicas": { type: "string" },
  "cpu-request": { type: "string" },
  prices: { type: "string" },
  demand: { type: "string" },
  json: { type: "boolean" },
  svg: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;

/** Orders a minute that are planned for where nobody says. */
const ORDERS_PER_MINUTE = 1000;

/** The command line in short. */
export const USAGE = `Usage: npm run plan -- [--stack NAME] [--trace SHAPE | --trace FILE.csv] [options]

  Simulates what a stack would do under a load, with neither a cluster nor credentials: replicas, saturation, lost
  orders, nodes and cost.

  --stack NAME           the stack, Pulumi.NAME.yaml (default: dev)
  --trace SHAPE          ${SHAPES.join(", ")} (default: daily), or a CSV file: seconds,orders_per_minute
  --orders-per-minute N  the most of a shape (default: ${ORDERS_PER_MINUTE})
  --views-per-order N    pages that are looked at for each order (default: the demand table's)
  --node TYPE            kind of node, from the table of prices (default: the stack's)
  --max-nodes N          most nodes (default: the stack's)
  --max-replicas N       what if every autoscaler might go up to N (default: the stack's)
  --cpu-request CPU      what if each pod of a service asked for as much, such as 500m (default: the stack's)
  --prices FILE          prices of your own, as capacity/tables/prices.json
  --demand FILE          what orders cost, as capacity/tables/demand.json
  --svg FILE             the plot, as a picture
  --json                 for programs rather than people

  Exit code: 0 every order is served, 1 some are lost, 2 something else has to be asked for.`;

/**
 * Reads the command line.
 *
 * @param argv What follows the script's name.
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and what is right.
 */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const { words, given, flag, text } = readOptions(argv, OPTIONS);
  if (flag("help")) return undefined;
  if (words.length > 0) {
    throw new UsageError(
      `"${words[0]}" is one word too many; name a stack with --stack, or a load with --trace`,
    );
  }
  const trace = readTrace(text("trace") ?? "daily");
  if (typeof trace === "object" && given.has("orders-per-minute")) {
    throw new UsageError("--orders-per-minute is for shapes: a file says how many there are; leave it out");
  }
  return {
    stack: text("stack") ?? "dev",
    trace,
    ordersPerMinute: positive("orders-per-minute", text("orders-per-minute")) ?? ORDERS_PER_MINUTE,
    viewsPerOrder: number("views-per-order", text("views-per-order")),
    node: text("node"),
    maxNodes: whole("max-nodes", text("max-nodes")),
    maxReplicas: whole("max-replicas", text("max-replicas")),
    cpuRequest: cpus("cpu-request", text("cpu-request")),
    prices: text("prices"),
    demand: text("demand"),
    json: flag("json"),
    svg: text("svg"),
  };
}

/** A shape by its name; what looks like a file is one. */
function readTrace(text: string): Arguments["trace"] {
  return extname(text) === ".csv" || text.includes("/") ? { file: text } : oneOf("trace", text, SHAPES);
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(
    `--${option}: "${text}" is not a number of 0 or more; write one, such as --${option} 20`,
  );
}

function positive(option: string, text: string | undefined): number | undefined {
  const value = number(option, text);
  if (value !== 0) return value;
  throw new UsageError(`--${option}: there is nothing to plan for 0; write a number above it`);
}

function cpus(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseQuantity(text);
  if (value !== undefined) return value;
  throw new UsageError(`--${option}: "${text}" is no amount of CPU; write it like 500m or 2`);
}

function whole(option: string, text: string | undefined): number | undefined {
  const value = positive(option, text);
  if (value === undefined || Number.isInteger(value)) return value;
  throw new UsageError(
    `--${option}: ${text} is not a whole number; write ${Math.ceil(value)}, or another one`,
  );
}
