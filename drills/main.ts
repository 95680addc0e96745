/** The command line: holds the drills that are asked for, and tells failures in the words of people. */

import { exitCodeOf, tell } from "../deploy/failure.ts";
import { jsonProgress } from "../deploy/progress/json.ts";
import { terminalProgress } from "../deploy/progress/terminal.ts";
import { parseArguments, usage } from "./arguments.ts";
import { DRILLS } from "./drills.ts";
import { openPlatform, untilWell } from "./platform/platform.ts";
import { commit, machine, REPORTS, writeReport } from "./report/write.ts";
import { type DrillResult, holdAll, interruptibly } from "./runner/runner.ts";

/** Seconds that the platform has to be well before a drill and after it. */
const PATIENCE = 300;

async function main(argv: readonly string[]): Promise<number> {
  const options = parseArguments(argv, DRILLS);
  if (options === undefined) {
    process.stdout.write(`${usage(DRILLS)}\n`);
    return 0;
  }
  const platform = await openPlatform(options);
  const progress = options.json ? jsonProgress() : terminalProgress();
  const circumstances = {
    command: `npm run drill -- ${argv.join(" ")}`,
    stack: platform.stack,
    context: platform.context,
    commit: commit(),
    machine: machine(),
  };
  const folder = options.out ?? REPORTS;
  const results: DrillResult[] = [];
  let report = "";
  try {
    const interrupted = await interruptibly(progress.say, async (signal) => {
      const how = {
        seed: options.seed,
        progress,
        signal,
        untilWell: (until: AbortSignal) => untilWell(platform, PATIENCE, until),
      };
      await holdAll(options.drills, platform, how, (result) => {
        results.push(result);
        report = writeReport(folder, results, circumstances);
      });
      return signal.aborted;
    });
    const failed = results.filter(({ outcome }) => outcome !== "passed" && outcome !== "not applicable");
    const ok = failed.length === 0 && !interrupted;
    progress.finish({ ok, report, results: results.map(({ name, outcome }) => `${name}: ${outcome}`) }, [
      ...results.map(({ name, outcome }) => `${name}: ${outcome}`),
      `the report is ${report}`,
    ]);
    return interrupted ? 130 : ok ? 0 : 1;
  } finally {
    await platform.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
