import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../deploy/arguments.ts";
import { nearest } from "../nearest.ts";
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
  for (const token of tokens) if (token.kind === "option") checkOption(token);
  if (values.help === true) return undefined;
  if (positionals.length > 0) {
    throw new UsageError(
      `"${positionals[0]}" is one word too many; name a stack with --stack, or manifests with --file`,
    );
  }
  const json = values.json === true;
  const stack = typeof values.stack === "string" ? values.stack : undefined;
  const environment = readEnvironment(values.environment);
  if (values.file === undefined) {
    if (environment === undefined) return { json, stack: stack ?? "dev" };
    throw new UsageError("--environment is for --file: a stack says which environment it is; leave it out");
  }
  if (stack !== undefined) throw new UsageError("--stack and --file exclude each other; leave one out");
  const files = [values.file].flat().filter((file) => typeof file === "string");
  return { json, files, environment: environment ?? "prod" };
}

/** parseArgs' own strictness knows no suggestions, so options are checked here. */
function checkOption({
  name,
  rawName,
  value,
}: {
  name: string;
  rawName: string;
  value?: string | undefined;
}) {
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof typeof OPTIONS] : undefined;
  if (option === undefined) {
    const meant = nearest(name, Object.keys(OPTIONS));
    throw new UsageError(
      `${rawName} is not an option${meant === undefined ? "" : `; did you mean --${meant}?`}`,
    );
  }
  if (option.type === "string" && (value === undefined || value === "" || value.startsWith("--"))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${name === "file" ? "FILE" : "NAME"}`);
  }
  if (option.type === "boolean" && value !== undefined) {
    throw new UsageError(`${rawName} takes no value; leave out "${value}"`);
  }
}

function readEnvironment(word: unknown): Environment | undefined {
  if (typeof word !== "string") return undefined;
  const found = ENVIRONMENTS.find((environment) => environment === word);
  if (found !== undefined) return found;
  const meant = nearest(word, ENVIRONMENTS);
  throw new UsageError(
    `--environment ${word} is not known${meant === undefined ? "" : `; did you mean "${meant}"?`} (${ENVIRONMENTS.join(", ")})`,
  );
}
