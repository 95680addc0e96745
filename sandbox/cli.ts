/** `npm run sandbox -- up [--nodes N] | down | status | reset [--yes] [--json]` */

import { parseArgs } from "node:util";
import { ask } from "./ask.ts";
import { CommandError } from "./command.ts";
import type { SandboxConnection } from "./connection.ts";
import { resetSandbox, stopSandbox } from "./down.ts";
import { SandboxError } from "./errors.ts";
import { HomeError } from "./home.ts";
import { MAX_NODES } from "./node/layout.ts";
import { readNodeCount } from "./node/nodes.ts";
import { type SandboxStatus, sandboxStatus } from "./status.ts";
import { type TerminalReporter, terminalReporter } from "./terminal.ts";
import { ensureSandbox } from "./up.ts";

const USAGE = `usage: npm run sandbox -- COMMAND [--nodes N] [--yes] [--json]

  up      make sure the sandbox runs: a real Kubernetes on this machine
  down    end it and take back all it changed; what it stores stays
  status  show what runs; exit code 3 when the sandbox does not
  reset   end it and delete what it stores: objects, volumes, images

  --nodes N  with up: how many nodes there are to be, from 1 to ${MAX_NODES}; remembered until it is said again
  --yes      ask nothing
  --json     write the result as JSON`;

const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3, interrupted: 130 } as const;

/** What was asked for on the command line. */
export interface Arguments {
  readonly command: "up" | "down" | "status" | "reset";
  readonly yes: boolean;
  readonly json: boolean;
  /** How many nodes there are to be; undefined: as many as there are. */
  readonly nodes: number | undefined;
}

/** Reads the command line; throws an Error in plain words when it makes no sense. */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      yes: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      nodes: { type: "string" },
    },
  });
  const [command, ...rest] = positionals;
  const known = ["up", "down", "status", "reset"] as const;
  const found = known.find((name) => name === command);
  if (found === undefined) throw new Error(`unknown command "${command ?? ""}"`);
  if (rest.length > 0) throw new Error(`unexpected "${rest.join(" ")}" after ${found}`);
  if (values.nodes !== undefined && found !== "up")
    throw new Error(`--nodes goes with up, not with ${found}`);
  const nodes = values.nodes === undefined ? undefined : readNodeCount(values.nodes);
  return { command: found, yes: values.yes, json: values.json, nodes };
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(USAGE);
    return EXIT.done;
  }
  let asked: Arguments;
  try {
    asked = readArguments(words);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const reporter = terminalReporter();
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
  try {
    return await perform(asked, reporter, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error("interrupted; the same command goes on from here");
      return EXIT.interrupted;
    }
    if (error instanceof SandboxError || error instanceof CommandError || error instanceof HomeError) {
      console.error(error.message);
      return EXIT.failed;
    }
    throw error;
  } finally {
    reporter.clear();
  }
}

async function perform(asked: Arguments, reporter: TerminalReporter, signal: AbortSignal): Promise<number> {
  const show = (value: unknown, text: string) =>
    console.log(asked.json ? JSON.stringify(value, null, 2) : text);
  switch (asked.command) {
    case "up": {
      const confirmPackages = async (names: readonly string[]) =>
        asked.yes || (await ask(`Install the Debian packages ${names.join(", ")}? [Y/n]`, true));
      const connection = await ensureSandbox({ ...reporter, confirmPackages, signal, nodes: asked.nodes });
      show(connection, describe(connection));
      return EXIT.done;
    }
    case "down":
      await stopSandbox(reporter);
      show({ running: false }, "The sandbox is down; what it stores is kept.");
      return EXIT.done;
    case "reset":
      if (!asked.yes && !(await ask("Delete all objects, volumes and images of the sandbox? [y/N]", false))) {
        console.error("nothing was deleted; say so at a terminal, or with --yes");
        return EXIT.failed;
      }
      await resetSandbox(reporter);
      show({ running: false }, "The sandbox is gone, with all that it stored.");
      return EXIT.done;
    case "status": {
      const status = await sandboxStatus();
      show(status, table(status));
      return status.running ? EXIT.done : EXIT.notRunning;
    }
  }
}

const describe = (connection: SandboxConnection): string => `The sandbox is up.
  ingress  http://${connection.ingress.http}  https://${connection.ingress.https}
  kubectl  ${connection.kubectl}`;

/** Columns that the names of programs get. */
const WIDTH = 34;

function table(status: SandboxStatus): string {
  if (!status.running) return `The sandbox is not running; its state is under ${status.home}.`;
  const named = status.nodes.length > 1;
  const rows = status.components.map(({ node, name, pid, memoryMib }) => {
    const shown = named ? `${node} ${name}` : name;
    return `  ${shown.padEnd(WIDTH)}${String(pid ?? "starting").padStart(9)}${String(memoryMib).padStart(8)} MiB`;
  });
  const unready = status.nodes.filter(({ ready }) => !ready).map(({ name }) => name);
  return [
    `The sandbox is ${status.ready ? "ready" : `not ready yet: ${unready.join(", ")}`}.`,
    `  ${"component".padEnd(WIDTH)}${"process".padStart(9)}${"memory".padStart(12)}`,
    ...rows,
    `  ${"all, with its pods".padEnd(WIDTH + 9)}${String(status.totalMemoryMib).padStart(8)} MiB`,
    `  ${Object.entries(status.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `  ingress ${status.urls?.http} and ${status.urls?.https}, API ${status.urls?.api}`,
  ].join("\n");
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
