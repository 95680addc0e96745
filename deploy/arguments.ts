import { type Options, oneOf, readOptions, UsageError } from "../command-line/options.ts";

/** What can be asked for. */
export const COMMANDS = ["up", "preview", "destroy", "render", "status"] as const;
export type Command = (typeof COMMANDS)[number];

/** How a program becomes a running platform: by Pulumi's engine, or by rendered manifests. */
export const ENGINES = ["auto", "pulumi", "render"] as const;
export type EngineChoice = (typeof ENGINES)[number];

/** What was asked for, with every default filled in. */
export interface Arguments {
  readonly command: Command;
  readonly stack: string;
  /** Whether no stack was named, so that a comparison takes all of them. */
  readonly everyStack: boolean;
  /** Context of an existing cluster, instead of the one the stack names. */
  readonly context: string | undefined;
  readonly engine: EngineChoice;
  readonly json: boolean;
  /** Whether questions are answered with yes. */
  readonly yes: boolean;
  /** The production context that is really meant, though the stack is not for production. */
  readonly yesReally: string | undefined;
  /** Whether destroy removes stored data as well. */
  readonly deleteData: boolean;
  /** Directory to render into; standard output where undefined. */
  readonly out: string | undefined;
  /** Whether rendered Secrets carry their values. */
  readonly includeSecrets: boolean;
  /** Why a stack that breaks the policy is deployed all the same; undefined: it is not. */
  readonly skipPolicy: string | undefined;
  /** Whether up puts back the versions of before where a new one does not become ready. */
  readonly rollback: boolean;
  /** Branch, tag or commit that the checkout is compared with, instead of a cluster. */
  readonly against: string | undefined;
  /** File that the comparison is written to as Markdown. */
  readonly markdown: string | undefined;
}

const OPTIONS = {
  stack: { type: "string" },
  context: { type: "string" },
  engine: { type: "string" },
  json: { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  "yes-really": { type: "string" },
  "delete-data": { type: "boolean" },
  out: { type: "string" },
  "include-secrets": { type: "boolean" },
  "skip-policy": { type: "string" },
  "no-rollback": { type: "boolean" },
  against: { type: "string" },
  markdown: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;

/** Options that mean something to some commands only; given to another, they are a mistake. */
const ONLY_FOR: Readonly<Record<string, readonly Command[]>> = {
  out: ["render"],
  "include-secrets": ["render"],
  "delete-data": ["destroy"],
  "skip-policy": ["up"],
  "no-rollback": ["up"],
  against: ["preview"],
  markdown: ["preview"],
  engine: ["up", "preview", "destroy", "status"],
};

/** The command line in short. */
export const USAGE = `Usage: npm run ${COMMANDS.join(" | ")} -- [options]

  up        bring the platform up, or up to date
  preview   show what up would change
  destroy   remove what up made; stored data stays, unless --delete-data
  render    write the manifests, with neither cluster nor credentials
  status    show how the platform does; exit code 0 healthy, 1 not healthy, 3 not there

  --stack NAME        the stack, Pulumi.NAME.yaml (default: dev)
  --context NAME      an existing cluster's kubeconfig context, instead of the stack's own cluster
  --engine ENGINE     auto, pulumi or render (default: auto)
  --json              for programs rather than people
  --yes               do not ask
  --yes-really NAME   the context NAME is for production, and a stack that is not is really meant to go there
  --against REF       preview: what this checkout changes since it left REF, in every stack or the one that --stack
                      names, with neither cluster nor credentials; exit code 0 no difference, 3 differences
  --markdown FILE     preview --against: the differences as a comment for a pull request, too
  --out DIR           render: one file per object in DIR, instead of standard output
  --include-secrets   render: with the values of Secrets
  --no-rollback       up: leave a new version that does not become ready as it is, to look at it, instead of putting
                      back the one before (the render engine does; Pulumi's always leaves it)
  --skip-policy WHY   up: without asking the policy (npm run policy), and why
  --delete-data       destroy: stored data (volume claims) as well`;

/**
 * Reads the command line.
 *
 * @param argv What follows the script's name.
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and the nearest thing that is right.
 */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const { words, given, flag, text } = readOptions(argv, OPTIONS);
  if (flag("help")) return undefined;
  const command = oneOf("command", words[0], COMMANDS);
  if (words.length > 1) {
    throw new UsageError(
      `"${words[1]}" is one word too many: ${command} takes options only, such as --stack`,
    );
  }
  for (const name of given) {
    const commands = ONLY_FOR[name];
    if (commands !== undefined && !commands.includes(command)) {
      throw new UsageError(`--${name} is for ${commands.join(", ")}, not for ${command}; leave it out`);
    }
  }
  if (given.has("markdown") && !given.has("against")) {
    throw new UsageError("--markdown needs --against: what would be written is the comparison with it");
  }
  return {
    command,
    stack: text("stack") ?? "dev",
    everyStack: !given.has("stack"),
    context: text("context"),
    engine: oneOf("engine", text("engine") ?? "auto", ENGINES),
    json: flag("json"),
    yes: flag("yes"),
    yesReally: text("yes-really"),
    deleteData: flag("delete-data"),
    out: text("out"),
    includeSecrets: flag("include-secrets"),
    skipPolicy: text("skip-policy"),
    rollback: !flag("no-rollback"),
    against: text("against"),
    markdown: text("markdown"),
  };
}
