/** `npm run digests`: looks up what public images are now, and writes it to image-digests.ts. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Options, readOptions, UsageError } from "../../command-line/options.ts";
import { IMAGE_DIGESTS } from "../../image-digests.ts";
import { publicImages } from "../../versions.ts";
import { refresh, tellChanges, withDigests } from "./refresh.ts";
import { indexDigest, RegistryError } from "./registry.ts";

const FILE = join(import.meta.dirname, "../../image-digests.ts");
const OPTIONS = {
  check: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;
const USAGE = `Usage: npm run digests [-- --check]

  Asks the registries of all images in versions.ts for their digests, and writes these to image-digests.ts.

  --check   writes nothing; exit code 3 where something changed`;

async function run(argv: string[]): Promise<number> {
  const { words, flag } = readOptions(argv, OPTIONS);
  if (words.length > 0) throw new UsageError(`"${words[0]}" is one word too many: only --check can be given`);
  if (flag("help")) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const refreshed = await refresh(publicImages(), IMAGE_DIGESTS, indexDigest);
  process.stdout.write(tellChanges(refreshed));
  const same = refreshed.changes.length + refreshed.dropped.length === 0;
  if (flag("check")) return same ? 0 : 3;
  if (!same) writeFileSync(FILE, withDigests(readFileSync(FILE, "utf8"), refreshed.digests));
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RegistryError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
