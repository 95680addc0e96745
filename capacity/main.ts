/** The command line: has a stack planned, and tells failures in the words of people. */

import { exitCodeOf, tell } from "../deploy/failure.ts";
import { run } from "./run.ts";

try {
  process.exitCode = await run(process.argv.slice(2), (text) => process.stdout.write(text));
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
