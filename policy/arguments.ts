import { type Options, oneOf, readOptions, UsageError } from "../command-line/options.ts";
import { ENVIRONMENTS, type Environment } from "../settings/cluster.ts";

/** What is to be judged. */
export type Arguments = { readonly json: boolean } & (
  | { readonly stack: string }
  | { readonly files: readonly string[]; readonly environment: Environment }
);

const OPTIONS = {
  stack: { type: "string" },
  file: { type: "string", multiple: true },
  environment: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;

/** The command line in short. */
export const USAGE = `Usage: npm run policy -- [--stack NAME | --file FILE …] [options]

  Holds what a stack wants to the rules in policy/rules, with neither a cluster, nor credentials, nor Pulumi.

  --stack NAME          the stack, Pulumi.NAME.yaml (default: dev)
  --file FILE           manifests instead of a stack; may be given several times
  --environment NAME    what the manifests are for: ${ENVIRONMENTS.join(", ")} (default: prod, the strictest)
  --json                for programs rather than people

  Exit code: 0 no mandatory rule is broken, 1 one is, 2 something else has to be asked for.`;

/**
 * Reads the command line.
 *
 * @param argv What follows the script's name.
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and what is right.
 */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const { words, given, flag, text, texts } = readOptions(argv, OPTIONS);
  if (flag("help")) return undefined;
  if (words.length > 0) {
    throw new UsageError(
      `"${words[0]}" is one word too many; name a stack with --stack, or manifests with --file`,
    );
  }
  const json = flag("json");
  const stack = text("stack");
  const environment = given.has("environment")
    ? oneOf("environment", text("environment"), ENVIRONMENTS)
    : undefined;
  if (!given.has("file")) {
    if (environment === undefined) return { json, stack: stack ?? "dev" };
    throw new UsageError("--environment is for --file: a stack says which environment it is; leave it out");
  }
  if (stack !== undefined) throw new UsageError("--stack and --file exclude each other; leave one out");
  return { json, files: texts("file"), environment: environment ?? "prod" };
}
