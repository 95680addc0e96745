/**
 * Publishes what is in an outbox, as a process of its own, for tests that kill it: `node relay.ts NAME MIGRATIONS`.
 * Prints a line when it has started and goes on until then.
 */
import { createLogger } from "../log.ts";
import { startService } from "../service.ts";
import { countingDescription } from "./counting.ts";

const [name = "", migrations = ""] = process.argv.slice(2);
await startService(
  { description: countingDescription(name, false), settings: {}, migrations, setup() {} },
  {
    environment: process.env,
    log: createLogger("silent", { name, version: "0", pod: "test" }),
    apiPort: 0,
    adminPort: 0,
    host: "127.0.0.1",
  },
);
console.log("publishing");
