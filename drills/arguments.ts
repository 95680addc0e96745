import { type Options, oneOf, readOptions, UsageError } from "../command-line/options.ts";
import type { PlatformOptions } from "./platform/platform.ts";
import type { Drill } from "./runner/drill.ts";

/** What was asked for, with every default filled in. */
export interface Arguments extends PlatformOptions {
  readonly drills: readonly Drill[];
  readonly seed: number;
  /** The version that an upgrade begins at; undefined: the last release. */
  readonly from: string | undefined;
  readonly json: boolean;
  /** Folder for the report; undefined: the usual one. */
  readonly out: string | undefined;
}

/** Options that say which platform is meant; `npm run load` has them, too. */
export const PLATFORM_OPTIONS = {
  stack: { type: "string" },
  context: { type: "string" },
  url: { type: "string" },
  "yes-really": { type: "string" },
  json: { type: "boolean" },
  out: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;

const OPTIONS = {
  ...PLATFORM_OPTIONS,
  seed: { type: "string" },
  from: { type: "string" },
} as const satisfies Options;

/** Those options in short. */
export const PLATFORM_USAGE = `  --stack NAME        the stack (default: dev)
  --context NAME      an existing cluster's kubeconfig context, instead of the stack's own cluster
  --url URL           where that cluster's ingress listens, if it does not say so itself
  --yes-really NAME   the context NAME, or the stack, is for production, and is really meant
  --out DIR           folder for the report (default: drill-reports)
  --json              for programs rather than people`;

/** The command line in short. */
export const usage = (drills: readonly Drill[]): string => `Usage: npm run drill -- NAME … | all [options]

${drills.map(({ name, summary }) => `  ${name.padEnd(18)}  ${summary}`).join("\n")}

${PLATFORM_USAGE}
  --seed NUMBER       repeats the chance of an earlier run (default: 1)
  --from REF          upgrade: the branch, tag or commit that it begins at (default: the last tag before this checkout)

Everything that a drill breaks is put back, after Ctrl-C, too.
Exit code: 0 all passed, 1 one did not, 2 asked for wrongly, 130 after Ctrl-C.`;

/**
 * Reads the command line.
 *
 * @param argv What follows the script's name.
 * @param drills All drills that there are.
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and the nearest thing that is right.
 */
export function parseArguments(argv: readonly string[], drills: readonly Drill[]): Arguments | undefined {
  const { words, flag, text } = readOptions(argv, OPTIONS);
  if (flag("help")) return undefined;
  const names = [...drills.map(({ name }) => name), "all"];
  const chosen = (words.length === 0 ? [undefined] : words).map((word) => oneOf("drill", word, names));
  const seed = text("seed") ?? "1";
  if (!/^\d{1,9}$/.test(seed))
    throw new UsageError(`--seed ${seed} is not a whole number; write one such as 7`);
  return {
    drills: chosen.includes("all") ? drills : drills.filter(({ name }) => chosen.includes(name)),
    seed: Number(seed),
    from: text("from"),
    stack: text("stack") ?? "dev",
    context: text("context"),
    url: text("url"),
    yesReally: text("yes-really"),
    json: flag("json"),
    out: text("out"),
  };
}
