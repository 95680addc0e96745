import { type Check, type Figure, readable } from "../runner/findings.ts";
import type { DrillResult } from "../runner/runner.ts";

/** Where and on what drills were held. */
export interface Circumstances {
  /** The command that repeats it. */
  readonly command: string;
  readonly stack: string;
  readonly context: string;
  /** Commit of this checkout; undefined where it is none. */
  readonly commit: string | undefined;
  /** Such as `2 cores, 24 GiB, load average 1.2`. */
  readonly machine: string;
}

/**
 * The report for people.
 *
 * @param picture The path of a plot's file, from the report.
 */
export function markdownOf(
  results: readonly DrillResult[],
  { command, stack, context, commit, machine }: Circumstances,
  picture: (drill: string, plot: string) => string,
): string {
  const where = `Stack ${stack}, context ${context}${commit === undefined ? "" : `, commit ${commit}`}; ${machine}.`;
  return `${[
    "# Drills",
    where,
    `\`${command}\``,
    table(
      ["drill", "verdict", "checks", "seconds"],
      results.map(({ name, outcome, why, findings: { checks }, seconds }) => [
        name,
        why === undefined ? outcome : `${outcome}: ${why}`,
        `${checks.filter(({ passed }) => passed).length} of ${checks.length}`,
        seconds.toFixed(0),
      ]),
    ),
    ...results.map((result) => section(result, picture)),
  ].join("\n\n")}\n`;
}

function section(
  { name, summary, outcome, findings, seed, startedAt, unsettled }: DrillResult,
  picture: (drill: string, plot: string) => string,
): string {
  const { checks, figures, notes, plots } = findings;
  const blocks = [
    `## ${name}: ${outcome}`,
    `${summary} Begun ${startedAt.toISOString()}, seed ${seed}.`,
    checks.length === 0 ? "" : table(["", "what", "measured", "has to be"], checks.map(checkRow)),
    figures.length === 0 ? "" : table(["what", "figure"], figures.map(figureRow)),
    list(notes),
    list(unsettled.map(({ what, why }) => `**not put back**: ${what} (${why})`)),
    ...plots.map((plot) => `![${cell(plot.title)}](${picture(name, plot.name)})`),
  ];
  return blocks.filter(Boolean).join("\n\n");
}

const withUnit = (value: number | string, unit: string): string =>
  [typeof value === "number" ? readable(value) : value, unit].filter(Boolean).join(" ");
const checkRow = ({ what, measured, bound, limit, unit, passed }: Check): string[] => [
  passed ? "✓" : "✗",
  what,
  withUnit(measured, unit),
  `${bound} ${withUnit(limit, unit)}`,
];
const figureRow = ({ what, value, unit }: Figure): string[] => [what, withUnit(value, unit)];

const list = (items: readonly string[]): string => items.map((item) => `- ${cell(item)}`).join("\n");

/** A table in Markdown, in which nothing becomes markup. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What others said must not become markup. */
const cell = (words: string): string =>
  words.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;");
