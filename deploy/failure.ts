import { NotReadyError } from "./watch/watch.ts";

/** Errors whose message is all that a person needs; of others the whole stack is shown, for they are our mistakes. */
const SPEAKING = new Set([
  "ApiError",
  "ClusterError",
  "CommandError",
  "EngineError",
  "ImageBuildError",
  "InterruptedError",
  "JobError",
  "NotConfirmedError",
  "NotReadyError",
  "NotRemovedError",
  "PlanError",
  "ProgramError",
  "SandboxError",
  "ServiceDescriptionError",
  "SettingsError",
  "StackError",
  "UnreachableError",
  "UsageError",
]);

/** Errors about what was asked for rather than about what happened. */
const ASKED_WRONGLY = new Set(["UsageError", "StackError", "SettingsError", "PlanError"]);

/** The user pressed Ctrl-C, or the process was asked to end. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** An error as lines for people. */
export function tell(error: unknown): string[] {
  if (!(error instanceof Error)) return [`error: ${String(error)}`];
  if (!SPEAKING.has(error.name)) return [`unexpected error: ${error.stack ?? error.message}`];
  const details = error instanceof NotReadyError ? error.details.map((line) => `  ${line}`) : [];
  return [`error: ${error.message}`, ...details];
}

/** 130 after Ctrl-C, 2 where something else has to be asked for, else 1. */
export function exitCodeOf(error: unknown): number {
  const name = error instanceof Error ? error.name : "";
  if (name === "InterruptedError") return 130;
  return ASKED_WRONGLY.has(name) ? 2 : 1;
}
