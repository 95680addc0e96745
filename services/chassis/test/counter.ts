/**
 * Runs a counting service as a process of its own, for tests that kill it: `node counter.ts NAME MIGRATIONS`, and
 * `reads` behind it for one that consumes, too. Prints a line when it has started and goes on until then.
 */
import { createLogger } from "../log.ts";
import { startService } from "../service.ts";
import { countingService } from "./counting.ts";

const [name = "", migrations = "", reads] = process.argv.slice(2);
await startService(countingService(name, migrations, reads === "reads"), {
  environment: process.env,
  log: createLogger("silent", { name, version: "0", pod: "test" }),
  apiPort: 0,
  adminPort: 0,
  host: "127.0.0.1",
});
console.log("started");
