/**
 * `npm run restore -- --backup latest`: brings a stack's databases back from a backup. It is read to its end and
 * restored beside the live databases first; only then the services are stopped, and the databases change places.
 */

import { createInterface } from "node:readline/promises";
import { CONFIRMATION_VARIABLE, CONTEXT_VARIABLE } from "../settings/cluster.ts";
import { openCluster } from "./cluster.ts";
import { exitCodeOf, InterruptedError, tell } from "./failure.ts";
import { terminalProgress } from "./progress/terminal.ts";
import { parseRestore, RESTORE_USAGE } from "./restore/arguments.ts";
import { runRestore } from "./restore/restore.ts";
import { readSettings } from "./stack/wanted.ts";

async function main(argv: readonly string[]): Promise<void> {
  const asked = parseRestore(argv);
  if (asked === undefined) {
    process.stdout.write(`${RESTORE_USAGE}\n`);
    return;
  }
  if (asked.context !== undefined) process.env[CONTEXT_VARIABLE] = asked.context;
  if (asked.yesReally !== undefined) process.env[CONFIRMATION_VARIABLE] = asked.yesReally;
  const { settings } = readSettings(asked.stack, "any");
  const interruption = new AbortController();
  const interrupt = (): void =>
    interruption.abort(
      new InterruptedError("interrupted: a step that runs in the cluster goes on to its end"),
    );
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const progress = terminalProgress();
  const { objects, schedulingPatience, close } = await openCluster(settings);
  try {
    const lines = await runRestore({
      asked,
      objects,
      namespace: settings.namespace,
      progress,
      signal: interruption.signal,
      schedulingPatience,
      confirm,
    });
    progress.finish({ ok: true }, lines);
  } catch (error) {
    progress.finish({ ok: false }, tell(error));
    process.exitCode = exitCodeOf(error);
  } finally {
    close();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Asks at a terminal; where there is none, the answer is no. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${tell(error).join("\n")}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
