import { InterruptedError } from "../../deploy/failure.ts";
import type { Progress } from "../../deploy/progress/progress.ts";
import { seededRandom } from "../load/random.ts";
import type { Platform } from "../platform/platform.ts";
import { type Drill, NotApplicableError } from "./drill.ts";
import { checkLine, Findings } from "./findings.ts";
import { Repairs, type Unsettled } from "./repairs.ts";

/** How a drill ended. One that broke off has proved nothing. */
export type Outcome = "passed" | "failed" | "not applicable" | "broke off" | "interrupted";

/** What came of a drill. */
export interface DrillResult {
  readonly name: string;
  readonly summary: string;
  readonly outcome: Outcome;
  /** Why it broke off or could not be held; undefined where it was held. */
  readonly why: string | undefined;
  readonly seed: number;
  readonly startedAt: Date;
  readonly seconds: number;
  readonly findings: Pick<Findings, "checks" | "figures" | "notes" | "plots">;
  /** What a person has to put back. */
  readonly unsettled: readonly Unsettled[];
}

/** How drills are held. */
export interface HoldOptions {
  readonly seed: number;
  /** The version that an upgrade begins at; undefined: the last release. */
  readonly from?: string | undefined;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Waits until the platform is well, before a drill and after it; rejects where it does not become so. */
  readonly untilWell: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds from one try to put something back to the next. Default: 1000. */
  readonly repairPause?: number;
}

const NEVER = new AbortController().signal;

/**
 * Holds a drill, and puts back what it broke, whatever becomes of it. Never rejects.
 */
export async function hold(drill: Drill, platform: Platform, options: HoldOptions): Promise<DrillResult> {
  const { seed, from, progress, signal, untilWell } = options;
  const started = performance.now();
  const startedAt = new Date();
  const findings = new Findings((check) => progress.say(`  ${checkLine(check)}`));
  const repairs = new Repairs(options.repairPause);
  let outcome: Outcome;
  let why: string | undefined;
  progress.say(`${drill.name}: ${drill.summary}`);
  try {
    await untilWell(signal);
    await drill.hold({
      platform,
      findings,
      repairs,
      random: seededRandom(seed),
      from,
      signal,
      say: (line) => progress.say(`  ${line}`),
    });
    signal.throwIfAborted();
    outcome = findings.passed ? "passed" : "failed";
    if (findings.checks.length === 0) why = "nothing was judged";
  } catch (error) {
    outcome = signal.aborted
      ? "interrupted"
      : error instanceof NotApplicableError
        ? "not applicable"
        : "broke off";
    why = signal.aborted ? "Ctrl-C" : error instanceof Error ? error.message : String(error);
  }
  const unsettled = await repairs.settleAll((what) => progress.say(`  putting back: ${what}`));
  // The next drill must not find what this one has left.
  if (outcome !== "interrupted" && outcome !== "not applicable") {
    await untilWell(NEVER).catch((error: unknown) => {
      unsettled.push({
        what: "the platform is well again",
        why: error instanceof Error ? error.message : String(error),
      });
    });
  }
  if (unsettled.length > 0 && outcome === "passed") {
    outcome = "failed";
    why = "not everything could be put back";
  }
  for (const { what, why } of unsettled) progress.say(`  NOT put back: ${what} (${why})`);
  const seconds = (performance.now() - started) / 1000;
  progress.say(`${drill.name} ${outcome}${why === undefined ? "" : `: ${why}`} (${seconds.toFixed(0)} s)`);
  return {
    name: drill.name,
    summary: drill.summary,
    outcome,
    why,
    seed,
    startedAt,
    seconds,
    findings,
    unsettled,
  };
}

/**
 * Holds drills one after the other; after Ctrl-C no further one.
 *
 * @param onResult Told of each result at once, so that what was found is not lost with the next drill.
 */
export async function holdAll(
  drills: readonly Drill[],
  platform: Platform,
  options: HoldOptions,
  onResult: (result: DrillResult) => void,
): Promise<DrillResult[]> {
  const results: DrillResult[] = [];
  for (const drill of drills) {
    if (options.signal.aborted) break;
    const result = await hold(drill, platform, options);
    results.push(result);
    onResult(result);
  }
  return results;
}

/**
 * Does something that Ctrl-C breaks off in order: the first one aborts the signal, further ones only say that things are
 * being put back, because to die now would leave them broken.
 *
 * @param say Told what happens.
 */
export async function interruptibly<Result>(
  say: (line: string) => void,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) say("putting back what is broken; a moment, please");
    else interruption.abort(new InterruptedError("interrupted; what was broken is put back"));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
