import { readOptions, UsageError } from "../../command-line/options.ts";

/** What can be asked for. */
export type RestoreAction = "backup" | "list" | "restore" | "undo" | "discard" | "start";

/** What was asked for, with every default filled in. */
export interface RestoreArguments {
  readonly action: RestoreAction;
  readonly stack: string;
  /** Context of an existing cluster, instead of the one the stack names. */
  readonly context: string | undefined;
  /** The production context that is really meant, though the stack is not for production. */
  readonly yesReally: string | undefined;
  /** Time of a backup, or `latest`; only where one is restored. */
  readonly backup: string;
  /** Databases that were named; all where there are none. */
  readonly databases: readonly string[];
  readonly yes: boolean;
}

/** The command line in short. */
export const RESTORE_USAGE = `Usage: npm run restore -- [options]

  --list             the backups that there are
  --backup ID        restores this one, such as 20261121T031700Z, or the latest
  --undo             takes the restored databases out again: what was live before is live again
  --discard          removes the databases that were live before
  --start            starts the services that an interrupted restore left stopped
  --make             makes a backup now

  --stack NAME       the stack, Pulumi.NAME.yaml (default: dev)
  --context NAME     an existing cluster's kubeconfig context, instead of the stack's own cluster
  --database NAME    this database only; may be given several times (default: all)
  --yes              do not ask
  --yes-really NAME  the context NAME is for production, and a stack that is not is really meant to go there`;

const OPTIONS = {
  list: { type: "boolean" },
  backup: { type: "string" },
  undo: { type: "boolean" },
  discard: { type: "boolean" },
  start: { type: "boolean" },
  make: { type: "boolean" },
  stack: { type: "string" },
  context: { type: "string" },
  database: { type: "string", multiple: true },
  yes: { type: "boolean", short: "y" },
  "yes-really": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** What each option that is an action asks for. */
const ACTIONS: Readonly<Record<string, RestoreAction>> = {
  list: "list",
  backup: "restore",
  undo: "undo",
  discard: "discard",
  start: "start",
  make: "backup",
};
const BACKUP = /^(latest|\d{8}T\d{6}Z)$/;

/**
 * Reads the command line.
 *
 * @returns What was asked for; undefined where it is help.
 * @throws {UsageError} naming what is wrong and what would be right.
 */
export function parseRestore(argv: readonly string[]): RestoreArguments | undefined {
  const options = readOptions(argv, OPTIONS);
  if (options.flag("help")) return undefined;
  const [word] = options.words;
  if (word !== undefined)
    throw new UsageError(`"${word}" is one word too many: restore takes options only, such as --list`);
  const asked = Object.keys(ACTIONS).filter((name) => options.given.has(name));
  const [name, other] = asked;
  if (name === undefined) throw new UsageError(`nothing was asked for\n\n${RESTORE_USAGE}`);
  if (other !== undefined) throw new UsageError(`--${name} and --${other}: one at a time; leave one out`);
  const backup = options.text("backup") ?? "latest";
  if (!BACKUP.test(backup)) {
    throw new UsageError(
      `--backup ${backup} is no backup; write "latest", or one that "npm run restore -- --list" shows`,
    );
  }
  return {
    action: ACTIONS[name] ?? "list",
    stack: options.text("stack") ?? "dev",
    context: options.text("context"),
    yesReally: options.text("yes-really"),
    backup,
    databases: options.texts("database"),
    yes: options.flag("yes"),
  };
}
