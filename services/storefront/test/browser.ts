import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { installPackages } from "../../../sandbox/host/packages.ts";
import { axeFindings } from "./in-page.ts";

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** Longest wait for something on a page, in milliseconds; a busy machine takes its time. */
const PATIENCE = 15_000;

const ARGUMENTS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-sync",
  // Inside a container or as root there is no sandbox of its own; only this shop's pages are opened.
  "--no-sandbox",
];

/** A phone in its owner's hand, and a window on a desk. */
export const VIEWPORTS = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
} as const;

/**
 * Starts Chromium: the one that CHROMIUM_PATH names, else Debian's, which is installed where it is missing.
 *
 * @param more Further arguments of Chromium's.
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? CHROMIUM;
  if (!existsSync(executablePath)) await installPackages(["chromium"], () => {});
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
}

/** Opens a page of its own, with a memory of its own, as another visitor would. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: VIEWPORTS.desktop,
    locale: "en-IE",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

/** What a page complained about: errors in its console, and exceptions that nobody caught. */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    // The browser itself reports answers that are errors; pages are to deal with them.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

const axe = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is wrong with a page for people with disabilities (WCAG 2.2 AA and good practice), one line each. */
export async function barriersOn(page: Page): Promise<string[]> {
  await page.evaluate(await axe);
  return axeFindings(page);
}
