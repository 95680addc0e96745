import type { Settings } from "../../settings.ts";
import type { Progress } from "../progress/progress.ts";

/** What an engine works with. */
export interface Run {
  readonly stack: string;
  readonly settings: Settings;
  readonly progress: Progress;
  /** Ends the work between two steps. */
  readonly signal: AbortSignal;
  /** Asks a question whose answer is yes or no. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly json: boolean;
  /** Why the policy is not asked; undefined: it is. */
  readonly skipPolicy?: string | undefined;
  /** Whether the versions of before are put back where a new one does not become ready. */
  readonly rollback: boolean;
}

/** How a program becomes a running platform, and how it goes again. */
export interface Engine {
  readonly name: "pulumi" | "render";
  /** Brings the platform up to date and waits until it works; returns where people reach it. */
  up(run: Run): Promise<readonly string[]>;
  /** Writes what `up` would change to standard output. */
  preview(run: Run): Promise<void>;
  /** Removes what `up` made; returns a sentence about what stays. */
  destroy(run: Run, options: { readonly deleteData: boolean }): Promise<string>;
}

/** The engine would not do what was asked; the message is for people. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
