/**
 * `npm run service -- SERVICE COMMAND [ARGUMENT …]`: runs one of a service's own commands in a pod of it, such as
 * `npm run service -- order redrive --list`. Its exit code is the command's own.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { UsageError } from "../command-line/options.ts";
import { nearest } from "../nearest.ts";
import { services } from "../services/index.ts";
import { CONTEXT_VARIABLE } from "../settings/cluster.ts";
import { openCluster } from "./cluster.ts";
import { exitCodeOf, tell } from "./failure.ts";
import { clusterFlags } from "./kubernetes/cluster.ts";
import { readSettings } from "./stack/wanted.ts";

const USAGE = `Usage: npm run service -- [--stack NAME] [--context NAME] SERVICE COMMAND [ARGUMENT …]

  npm run service -- order redrive --list       what order could not handle
  npm run service -- payment reconcile          the ledger beside the provider's books
  npm run service -- SERVICE help               what else there is`;

/** What was asked for. */
export interface ServiceCommand {
  readonly stack: string;
  readonly context: string | undefined;
  readonly service: string;
  /** The command and its arguments, passed on as they are. */
  readonly words: readonly string[];
}

/**
 * Reads the command line. Options before the service are ours, everything after it is the service's.
 *
 * @throws {UsageError} naming what is wrong and what is right.
 */
export function parseServiceCommand(argv: readonly string[]): ServiceCommand {
  const options: Record<string, string> = { "--stack": "dev" };
  let rest = [...argv];
  while (rest[0]?.startsWith("--")) {
    const [name = "", value, ...others] = rest;
    if (name !== "--stack" && name !== "--context")
      throw new UsageError(`${name} is not an option\n\n${USAGE}`);
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} NAME`);
    options[name] = value;
    rest = others;
  }
  const [service, ...words] = rest;
  if (service === undefined || words.length === 0)
    throw new UsageError(`a service and a command are needed\n\n${USAGE}`);
  const names = services.map(({ name }) => name);
  if (!names.includes(service)) {
    const meant = nearest(service, names);
    throw new UsageError(
      `there is no service "${service}"${meant === undefined ? "" : `; did you mean "${meant}"?`} (${names.join(", ")})`,
    );
  }
  return { stack: options["--stack"] ?? "dev", context: options["--context"], service, words };
}

async function main(argv: readonly string[]): Promise<number> {
  const { stack, context, service, words } = parseServiceCommand(argv);
  if (context !== undefined) process.env[CONTEXT_VARIABLE] = context;
  const { settings } = readSettings(stack, "any");
  const { cluster, close } = await openCluster(settings);
  close();
  const child = spawn(
    cluster.kubectl,
    [
      ...clusterFlags(cluster),
      "exec",
      `--namespace=${settings.namespace}`,
      `deployment/${service}`,
      `--container=${service}`,
      "--",
      "/usr/local/bin/node",
      "/app/main.js",
      ...words,
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${tell(error).join("\n")}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
