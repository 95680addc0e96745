import { createInterface } from "node:readline/promises";
import { CONFIRMATION_VARIABLE, CONTEXT_VARIABLE } from "../../settings/cluster.ts";
import type { Arguments } from "../arguments.ts";
import type { Engine, Run } from "../engines/engine.ts";
import { exitCodeOf, InterruptedError, tell } from "../failure.ts";
import { jsonProgress } from "../progress/json.ts";
import type { Progress } from "../progress/progress.ts";
import { elapsed, terminalProgress } from "../progress/terminal.ts";
import { readSettings } from "../stack/wanted.ts";

/**
 * Does what was asked for.
 *
 * @returns The exit code.
 */
export async function runCommand(options: Arguments): Promise<number> {
  // The program reads these as well, whichever process runs it.
  if (options.context !== undefined) process.env[CONTEXT_VARIABLE] = options.context;
  if (options.yesReally !== undefined) process.env[CONFIRMATION_VARIABLE] = options.yesReally;
  // Each command loads what it needs: a render is done before the clients of a cluster would be loaded.
  switch (options.command) {
    case "render":
      return (await import("./render.ts")).render(options);
    case "status":
      return (await import("./status.ts")).status(options);
    case "preview": {
      if (options.against !== undefined)
        return (await import("./compare.ts")).compare(options, options.against);
      const run = prepare(options, new AbortController().signal);
      const { chooseEngine } = await import("../engines/choose.ts");
      const engine = await chooseEngine(options.engine, run);
      await engine.preview(run);
      return 0;
    }
    case "up":
      return guarded(options, async (engine, run) => {
        const urls = await engine.up(run);
        return { outcome: { urls: [...urls] }, lines: ["", ...urls.map((url) => `  ${url}`)] };
      });
    case "destroy":
      return guarded(options, async (engine, run) => {
        const stays = await engine.destroy(run, options);
        return { outcome: { stays }, lines: [`  ${stays}`] };
      });
  }
}

/** Reads the stack's settings, so that bad ones are refused before anything else is done. */
function prepare(options: Arguments, signal: AbortSignal): Run {
  const { settings } = readSettings(options.stack, "any");
  const progress = options.json ? jsonProgress() : terminalProgress();
  const { stack, json, skipPolicy, rollback } = options;
  return { stack, settings, progress, signal, json, skipPolicy, rollback, confirm: confirmation(options) };
}

/** Runs what changes a cluster: tells how it ended, and ends in order when it is interrupted. */
async function guarded(
  options: Arguments,
  work: (
    engine: Engine,
    run: Run,
  ) => Promise<{ outcome: Record<string, string | string[]>; lines: string[] }>,
): Promise<number> {
  const started = performance.now();
  const interruption = new AbortController();
  const interrupt = (): void =>
    interruption.abort(
      new InterruptedError(
        `interrupted: what was applied so far stays as it is; "npm run ${options.command}" goes on from there`,
      ),
    );
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  let progress: Progress | undefined;
  try {
    const run = prepare(options, interruption.signal);
    progress = run.progress;
    const { chooseEngine } = await import("../engines/choose.ts");
    const engine = await chooseEngine(options.engine, run, options.command === "up" ? run : undefined);
    progress.say(`stack ${options.stack}, engine ${engine.name}`);
    const { outcome, lines } = await work(engine, run);
    const headline = `${options.stack} is ${options.command === "up" ? "up" : "gone"} (${elapsed(started)})`;
    progress.finish({ ok: true, ...outcome }, [headline, ...lines]);
    return 0;
  } catch (thrown) {
    // Whatever broke off because of the interruption, the interruption is what happened.
    const error: unknown = interruption.signal.aborted ? interruption.signal.reason : thrown;
    if (progress === undefined) throw error;
    const lines = tell(error);
    progress.finish({ ok: false, error: lines.join("\n") }, lines);
    return exitCodeOf(error);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Asks at a terminal; where there is none, or with --yes, the answer is yes. */
function confirmation({ yes, json }: Arguments): (question: string) => Promise<boolean> {
  return async (question) => {
    if (yes || json || !process.stdin.isTTY || !process.stdout.isTTY) return true;
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`${question} [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
  };
}
