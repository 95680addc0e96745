import { type ParseArgsConfig, parseArgs } from "node:util";
import { checkOptions, oneOf, UsageError } from "../deploy/options.ts";
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
} as const satisfies ParseArgsConfig["options"];

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
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  checkOptions(tokens, OPTIONS);
  if (values.help === true) return undefined;
  if (positionals.length > 0) {
    throw new UsageError(
      `"${positionals[0]}" is one word too many; name a stack with --stack, or manifests with --file`,
    );
  }
  const json = values.json === true;
  const stack = typeof values.stack === "string" ? values.stack : undefined;
  const environment =
    typeof values.environment === "string"
      ? oneOf("environment", values.environment, ENVIRONMENTS)
      : undefined;
  if (values.file === undefined) {
    if (environment === undefined) return { json, stack: stack ?? "dev" };
    throw new UsageError("--environment is for --file: a stack says which environment it is; leave it out");
  }
  if (stack !== undefined) throw new UsageError("--stack and --file exclude each other; leave one out");
  const files = [values.file].flat().filter((file) => typeof file === "string");
  return { json, files, environment: environment ?? "prod" };
}
