import { jsonProgress } from "../deploy/progress/json.ts";
import { terminalProgress } from "../deploy/progress/terminal.ts";
import { DRILLS } from "./drills.ts";
import { openPlatform, type PlatformOptions, untilWell } from "./platform/platform.ts";
import { writeBoard } from "./report/board.ts";
import { compareWith } from "./report/compare.ts";
import { commit, machine, writeReport } from "./report/write.ts";
import type { Drill } from "./runner/drill.ts";
import { type DrillResult, holdAll, interruptibly } from "./runner/runner.ts";

/** Seconds that the platform has to be well before a drill and after it. */
const PATIENCE = 300;

const NAMES = DRILLS.map(({ name }) => name);

/** What is held, where, and how it is told. */
export interface CommandOptions extends PlatformOptions {
  readonly drills: readonly Drill[];
  readonly seed: number;
  /** The version that an upgrade begins at; undefined: the last release. */
  readonly from?: string | undefined;
  readonly json: boolean;
  /** Folder for the report. */
  readonly folder: string;
  /** The command that repeats it. */
  readonly command: string;
}

/**
 * Opens the platform, holds drills on it and writes the report.
 *
 * @returns The exit code: 0 all passed, 1 one did not, 130 after Ctrl-C.
 */
export async function holdDrills(options: CommandOptions): Promise<number> {
  const platform = await openPlatform(options);
  const progress = options.json ? jsonProgress() : terminalProgress();
  const circumstances = {
    command: options.command,
    stack: platform.stack,
    context: platform.context,
    commit: commit(),
    machine: machine(),
  };
  const compare = compareWith(options.folder);
  const results: DrillResult[] = [];
  let report = "";
  try {
    const interrupted = await interruptibly(progress.say, async (signal) => {
      const how = {
        seed: options.seed,
        from: options.from,
        progress,
        signal,
        untilWell: (until: AbortSignal) => untilWell(platform, PATIENCE, until),
      };
      await holdAll(options.drills, platform, how, (result) => {
        results.push(compare(result));
        report = writeReport(options.folder, results, circumstances);
        writeBoard(options.folder, NAMES, results, circumstances);
      });
      return signal.aborted;
    });
    const ok = !interrupted && results.every(({ outcome }) => PROVED.has(outcome));
    const lines = results.map(({ name, outcome }) => `${name}: ${outcome}`);
    progress.finish({ ok, report, results: lines }, [...lines, `the report is ${report}`]);
    return interrupted ? 130 : ok ? 0 : 1;
  } finally {
    await platform.close();
  }
}

const PROVED: ReadonlySet<string> = new Set(["passed", "not applicable"]);
