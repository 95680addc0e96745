/** The command line of `npm run load`. */

import { join } from "node:path";
import { exitCodeOf, tell } from "../deploy/failure.ts";
import { holdDrills } from "./command.ts";
import { load } from "./load.ts";
import { LOAD_USAGE, parseLoadArguments } from "./load-arguments.ts";
import { REPORTS } from "./report/write.ts";

try {
  const argv = process.argv.slice(2);
  const options = parseLoadArguments(argv);
  if (options === undefined) process.stdout.write(`${LOAD_USAGE}\n`);
  else {
    const command = ["npm run load", ...(argv.length > 0 ? ["--", ...argv] : [])].join(" ");
    const folder = options.out ?? join(REPORTS, `load-${options.mix}`);
    process.exitCode = await holdDrills({
      ...options,
      drills: [load({ ...options, folder })],
      command,
      folder,
    });
  }
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
