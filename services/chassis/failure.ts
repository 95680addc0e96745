import { sqlState } from "./database-errors.ts";
import { UnreadableEventError } from "./event-handler.ts";

/** Why something failed, told without the data that it failed on. */
export interface Failure {
  /** Class of the error, such as `TypeError`. */
  readonly kind: string;
  readonly detail: string;
}

const MAX_LENGTH = 300;
/** What messages quote: values, of which any may be somebody's name or address. */
const QUOTED = /"[^"]*"?|'[^']*'?|`[^`]*`?|\S*@\S*/g;

/**
 * Describes an error so that it may be kept and shown: the reason of a dead letter outlives what the letter is about.
 * Of a database error only the SQLSTATE and the names of what it is about are told; of any other message, everything
 * but what it quotes.
 */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error))
    return { kind: typeof error, detail: "something was thrown that is no error" };
  const kind = error.name;
  if (error instanceof UnreadableEventError) return { kind, detail: error.message };
  const state = sqlState(error);
  if (state !== undefined) {
    const names = ["table", "column", "constraint"].flatMap((name) => {
      const value: unknown = Reflect.get(error, name);
      return typeof value === "string" ? [`${name} ${value}`] : [];
    });
    return { kind, detail: [`SQLSTATE ${state}`, ...names].join(", ") };
  }
  return { kind, detail: error.message.replaceAll(QUOTED, "…").slice(0, MAX_LENGTH) };
}
