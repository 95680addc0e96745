/** The command line of drills: holds those that are asked for, and tells failures in the words of people. */

import { exitCodeOf, tell } from "../deploy/failure.ts";
import { parseArguments, usage } from "./arguments.ts";
import { holdDrills } from "./command.ts";
import { DRILLS } from "./drills.ts";
import { REPORTS } from "./report/write.ts";

try {
  const argv = process.argv.slice(2);
  const options = parseArguments(argv, DRILLS);
  if (options === undefined) process.stdout.write(`${usage(DRILLS)}\n`);
  else {
    const command = `npm run drill -- ${argv.join(" ")}`;
    process.exitCode = await holdDrills({ ...options, command, folder: options.out ?? REPORTS });
  }
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
