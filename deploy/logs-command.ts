/**
 * `npm run logs -- [--service NAME] [--trace ID] [--order ID] [--security] [--since 1h] [--json]`: what services have
 * logged. Exit code 1 where nothing was found.
 */

import { CONTEXT_VARIABLE } from "../settings/cluster.ts";
import { openCluster } from "./cluster.ts";
import { exitCodeOf, tell } from "./failure.ts";
import { showLine } from "./logs/lines.ts";
import { parseLogsCommand } from "./logs/question.ts";
import { fromLoki, fromNodes, MAX_LINES } from "./logs/sources.ts";
import { paint } from "./progress/terminal.ts";
import { readSettings } from "./stack/wanted.ts";

async function main(argv: readonly string[]): Promise<number> {
  const { stack, context, json, question } = parseLogsCommand(argv);
  if (context !== undefined) process.env[CONTEXT_VARIABLE] = context;
  const { settings } = readSettings(stack, "any");
  const { cluster, close } = await openCluster(settings);
  close();
  const { logs, namespace } = settings;
  const lines =
    logs.kind === "builtin"
      ? await fromLoki(cluster, logs.namespace, namespace, question)
      : await fromNodes(cluster, namespace, question);
  for (const line of lines) process.stdout.write(`${json ? line.text : showLine(line, paint)}\n`);
  if (lines.length === MAX_LINES) {
    process.stderr.write(
      `These are the latest ${MAX_LINES} lines; ask for less, or by --since for less time.\n`,
    );
  }
  if (lines.length > 0) return 0;
  const further = logs.kind === "builtin" ? "" : "; what is older than its pod's last files is gone";
  process.stderr.write(`Nothing like that was logged in that time${further}. Ask by --since for more.\n`);
  return 1;
}

if (import.meta.main) {
  // Who reads by `head` has read enough.
  process.stdout.on("error", () => process.exit());
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${tell(error).join("\n")}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
