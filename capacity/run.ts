import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Deployment, readDeployment } from "../deploy/stack/wanted.ts";
import { AUTOSCALING } from "../sandbox/autoscaling.ts";
import { services } from "../services/index.ts";
import type { ClusterTarget } from "../settings/cluster.ts";
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { PlanError } from "./error.ts";
import { type Controller, DEFAULT_CONTROLLER } from "./hpa/rules.ts";
import { plannedNodes } from "./plan/nodes.ts";
import { isEnough, type Plan, plan } from "./plan/plan.ts";
import { drawPlan } from "./show/svg.ts";
import { showPlan } from "./show/text.ts";
import { demandOf } from "./tables/demand.ts";
import { pricesOf } from "./tables/prices.ts";
import { readTable } from "./tables/read.ts";
import { parseTrace } from "./traces/csv.ts";
import { shapedTrace } from "./traces/shapes.ts";
import type { Trace } from "./traces/trace.ts";

/** Seconds that a pod takes to start: in the sandbox, 2 to 4 until its process runs and 2 to 3 more until it is ready. */
const START = { pendingSeconds: 4, startSeconds: 3 };
/** Seconds that a caller waits: the least that the gateway gives a service for an answer. */
const PATIENCE_SECONDS = 2;

type ReadStack = (stack: string) => Promise<Deployment>;

/**
 * Plans a stack.
 *
 * @param argv What follows the script's name.
 * @param write Takes what is to be printed.
 * @param read Tells what a stack would deploy. Default: its program is run for it.
 * @returns The exit code: 1 where orders are lost.
 * @throws {UsageError} and what else keeps it from planning.
 */
export async function run(
  argv: readonly string[],
  write: (text: string) => void,
  read: ReadStack = (stack) => readDeployment(stack, "any"),
): Promise<number> {
  const options = parseArguments(argv);
  if (options === undefined) {
    write(`${USAGE}\n`);
    return 0;
  }
  const made = await planOf(options, read);
  if (options.svg !== undefined) writePicture(options.svg, drawPlan(made));
  write(options.json ? `${JSON.stringify(made, keepUnknown)}\n` : showPlan(made));
  return isEnough(made) ? 0 : 1;
}

/** What is not known has its key all the same. */
const keepUnknown = (_key: string, value: unknown): unknown => (value === undefined ? null : value);

async function planOf(options: Arguments, read: ReadStack): Promise<Plan> {
  // What the user wrote is checked before the stack's program is run, which takes a second.
  const trace = traceOf(options);
  const prices = pricesOf(...table("prices", options.prices));
  const demand = demandOf(...table("demand", options.demand), options.viewsPerOrder);
  const { manifests, settings } = await read(options.stack);
  const { cluster, stack } = settings;
  return plan({
    stack,
    objects: manifests.map(({ object }) => object),
    trace,
    prices,
    demand,
    nodes: plannedNodes(cluster, prices, { type: options.node, most: options.maxNodes }, `stack ${stack}`),
    controller: controllerOf(cluster),
    times: START,
    patienceSeconds: PATIENCE_SECONDS,
    objectives: new Map(services.map(({ name, objectives }) => [name, objectives.availability])),
    trial: { maxReplicas: options.maxReplicas, cpuRequest: options.cpuRequest },
  });
}

function traceOf({ trace, ordersPerMinute }: Arguments): Trace {
  if (typeof trace === "string") return shapedTrace(trace, ordersPerMinute);
  let text: string;
  try {
    text = readFileSync(trace.file, "utf8");
  } catch {
    throw new PlanError(
      `${trace.file} cannot be read; name a CSV file with the columns seconds,orders_per_minute`,
    );
  }
  return parseTrace(text, trace.file);
}

/** A table of the user's own, or the one that the project brings, and what messages call it. */
function table(what: "prices" | "demand", path: string | undefined): [unknown, string] {
  const file = path ?? join(import.meta.dirname, "tables", `${what}.json`);
  return [readTable(file, what), path ?? basename(file)];
}

function controllerOf({ kind }: ClusterTarget): Controller {
  if (kind !== "sandbox") return DEFAULT_CONTROLLER;
  const { syncPeriod, cpuInitializationPeriod, metricResolution } = AUTOSCALING;
  return { ...DEFAULT_CONTROLLER, syncPeriod, cpuInitializationPeriod, metricResolution };
}

function writePicture(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    throw new PlanError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}; name another file with --svg`,
    );
  }
}
