import { watch } from "node:fs";
import { join } from "node:path";
import { bundleWeb, writeFiles } from "../images/web.ts";
import { webEntryOf, webFolderOf } from "../images/web-sources.ts";

const ROOT = join(import.meta.dirname, "..");
/** Editors save in several steps; so long after the last one a file is whole, in milliseconds. */
const PAUSE = 100;

/**
 * Builds a service's web pages, and again after each change of a file that they are made of.
 *
 * @param directory Where they are put.
 * @param onLine Told why they could not be built; the last ones that could stay.
 * @param signal Ends it.
 * @returns The directory; undefined for a service without pages.
 */
export async function watchPages(
  service: string,
  directory: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (webEntryOf(service) === undefined) return undefined;
  const build = async () => {
    try {
      writeFiles((await bundleWeb(service))?.files ?? [], directory);
    } catch (error) {
      onLine(`the pages of ${service} cannot be built: ${error instanceof Error ? error.message : error}`);
    }
  };
  await build();
  let timer: NodeJS.Timeout | undefined;
  let building = Promise.resolve();
  const watcher = watch(join(ROOT, webFolderOf(service)), { recursive: true, signal }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(build);
    }, PAUSE);
  });
  // Watching alone keeps no program running.
  watcher.unref();
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return directory;
}
