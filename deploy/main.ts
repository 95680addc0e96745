/** The command line: reads what is asked for, has it done, and tells failures in the words of people. */

import { parseArguments, USAGE } from "./arguments.ts";
import { runCommand } from "./commands/run.ts";
import { exitCodeOf, tell } from "./failure.ts";

try {
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
  else process.exitCode = await runCommand(options);
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
