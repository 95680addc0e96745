import type { Random } from "../load/random.ts";
import type { Platform } from "../platform/platform.ts";
import type { Findings } from "./findings.ts";
import type { Repairs } from "./repairs.ts";

/** What a drill has at hand. */
export interface Stage {
  readonly platform: Platform;
  /** Takes what was measured; the verdict follows from it. */
  readonly findings: Findings;
  /** Takes how each thing that is broken is put back. */
  readonly repairs: Repairs;
  /** The only chance there is, so that the same seed gives the same drill. */
  readonly random: Random;
  /** The version that an upgrade begins at: a branch, tag or commit; undefined: the last release. */
  readonly from?: string | undefined;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Tells people what is being done. */
  say(line: string): void;
}

/** One proof: something is broken under a load, and numbers tell whether the platform stood it. */
export interface Drill {
  /** What it is called on the command line, such as `oversell`. */
  readonly name: string;
  /** What is broken, under which load, and what has to hold, in a sentence. */
  readonly summary: string;
  /**
   * Holds it.
   *
   * @throws {NotApplicableError} where this platform gives it nothing to prove.
   */
  hold(stage: Stage): Promise<void>;
}

/** A drill that cannot be held here, such as a drain of the only node; the message says why. */
export class NotApplicableError extends Error {
  override readonly name = "NotApplicableError";
}
