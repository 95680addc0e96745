/**
 * Takes the pictures of the dashboards that the documentation shows, from a viewer that is reached by port-forward:
 *
 *   node observability/viewer/screenshots.ts http://localhost:3000
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser, visit } from "../../services/storefront/test/browser.ts";
import { smallerPng } from "../../services/storefront/test/png.ts";

const DIRECTORY = join(import.meta.dirname, "../../docs/images");
/** Small enough for a document, large enough to read. */
const WINDOW = { width: 1100, height: 900 };
const PICTURES = [
  { name: "overview", path: "platform-overview", colorScheme: "light" },
  { name: "service", path: "service-order", colorScheme: "light" },
  { name: "postgres", path: "postgres", colorScheme: "light" },
  { name: "capacity", path: "capacity", colorScheme: "dark" },
] as const;

const [origin = "http://localhost:3000"] = process.argv.slice(2);
const browser = await openBrowser();
try {
  for (const { name, path, colorScheme } of PICTURES) {
    const page = await visit(browser, { viewport: WINDOW, colorScheme });
    await page.goto(`${origin}/dashboards/${path}?range=15m`);
    await page.locator(".panel canvas").first().waitFor();
    writeFileSync(join(DIRECTORY, `dashboard-${name}.png`), smallerPng(await page.screenshot()));
    await page.context().close();
  }
} finally {
  await browser.close();
}
