import { parseArgs } from "node:util";
import type { Broker } from "./broker.ts";
import { COMMAND_FAILED, type Command } from "./commands.ts";
import type { DeadLetterInfo } from "./dead-letter.ts";
import { type RedriveRequest, redrive } from "./redrive.ts";

/** How the command is called. */
export const REDRIVE_USAGE = "redrive --list | --message ID | --all [--discard] [--dry-run] [--json]";

/** The command was not called as {@link REDRIVE_USAGE} says. */
export class RedriveUsageError extends Error {
  override readonly name = "RedriveUsageError";
}

/** Status of a command that found no dead letter with the id that it was given. */
const NOT_FOUND = 1;

/** What somebody wants to be done. */
interface RedriveArguments {
  readonly action: RedriveRequest["action"];
  readonly messageId: string | undefined;
  /** Shows what would be done and does nothing. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * Reads the command's arguments.
 *
 * @throws {RedriveUsageError} when they do not say one thing.
 */
export function readRedriveArguments(args: readonly string[]): RedriveArguments {
  const { list, message, all, discard, "dry-run": dryRun, json } = parse(args);
  if ([list, all, message !== undefined].filter(Boolean).length !== 1) {
    throw new RedriveUsageError(`say one of --list, --message and --all; use ${REDRIVE_USAGE}`);
  }
  if (list && (discard || dryRun)) {
    throw new RedriveUsageError(`--list changes nothing, so --discard and --dry-run mean nothing with it`);
  }
  const action = list ? "list" : discard ? "discard" : "redrive";
  return { action, messageId: message, dryRun, json };
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    list: flag,
    message: { type: "string" },
    all: flag,
    discard: flag,
    "dry-run": flag,
    json: flag,
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new RedriveUsageError(
      `${error instanceof Error ? error.message : String(error)}; use ${REDRIVE_USAGE}`,
    );
  }
}

/**
 * Lists a service's dead letters, or sends them back.
 *
 * @param print Writes one line.
 * @returns The status to end with.
 * @throws {RedriveUsageError} when the arguments do not say one thing.
 */
export async function runRedrive(
  broker: Pick<Broker, "channel">,
  service: string,
  args: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const { action, messageId, dryRun, json } = readRedriveArguments(args);
  const letters = await redrive(broker, { service, action: dryRun ? "list" : action, messageId });
  if (json) print(JSON.stringify({ service, action, dryRun, letters }));
  else {
    for (const letter of letters) print(lineOf(letter));
    print(`${dryRun ? "Would have " : ""}${DONE[action]} ${letters.length} of ${service}'s dead letters`);
  }
  return messageId !== undefined && letters.length === 0 ? NOT_FOUND : 0;
}

/** What every consuming service can do: `node main.js redrive --list`. */
export const redriveCommand = (service: string): Command => ({
  summary: REDRIVE_USAGE,
  async run({ resources, log, print }, args) {
    try {
      return await runRedrive(resources.broker, service, args, print);
    } catch (error) {
      if (!(error instanceof RedriveUsageError)) throw error;
      log.error(error.message);
      return COMMAND_FAILED;
    }
  },
});

const DONE = { list: "listed", redrive: "redriven", discard: "discarded" } as const;

const lineOf = ({ messageId, event, aggregateId, failure, attempts, diedAt }: DeadLetterInfo): string =>
  [
    diedAt ?? "-",
    messageId ?? "-",
    event,
    aggregateId ?? "-",
    `${attempts} attempts`,
    `${failure.kind}: ${failure.detail}`,
  ].join("  ");
