import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import type { DrillResult } from "../runner/runner.ts";
import { type Circumstances, markdownOf } from "./markdown.ts";
import { svgOf } from "./plot.ts";

/** Where reports go, unless it is said otherwise. */
export const REPORTS = join(import.meta.dirname, "../../drill-reports");

/**
 * Writes `report.md`, `report.json` and each plot as an SVG, over those of the run before.
 *
 * @returns The path of `report.md`.
 */
export function writeReport(
  folder: string,
  results: readonly DrillResult[],
  circumstances: Circumstances,
): string {
  mkdirSync(folder, { recursive: true });
  const picture = (drill: string, plot: string) => `${drill}-${plot}.svg`;
  for (const { name, findings } of results) {
    for (const plot of findings.plots) writeFileSync(join(folder, picture(name, plot.name)), svgOf(plot));
  }
  writeFileSync(join(folder, "report.json"), `${JSON.stringify({ ...circumstances, results }, null, 2)}\n`);
  const report = join(folder, "report.md");
  writeFileSync(report, markdownOf(results, circumstances, picture));
  return report;
}

/** What the machine is that a figure was measured on, and how busy it was. */
export function machine(): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} cores, ${memory} GiB, load average ${loadavg()[0]?.toFixed(1)}`;
}

/** The commit of this checkout, with a `+` where it was changed since; undefined outside of git. */
export function commit(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+"}`;
  } catch {
    return undefined;
  }
}
