/**
 * Writes down the events that there are, so that others can rely on them: `node services/contracts/released/record.ts`.
 * What breaks somebody is refused, unless no release has had it yet: `--unreleased`.
 */
import { writeFileSync } from "node:fs";
import { services } from "../../index.ts";
import { brokenEvents, eventSchemas, RELEASED_EVENTS, readReleasedEvents } from "./events.ts";

const current = eventSchemas(services);
const broken = brokenEvents(readReleasedEvents(), current);
if (broken.length > 0 && !process.argv.includes("--unreleased")) {
  console.error(broken.join("\n"));
  process.exitCode = 1;
} else {
  writeFileSync(RELEASED_EVENTS, `${JSON.stringify(current, undefined, 2)}\n`);
}
