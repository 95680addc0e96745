import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillResult, Outcome } from "../runner/runner.ts";
import { type Circumstances, table } from "./markdown.ts";
import { escaped } from "./plot.ts";

/** The last word on a drill. */
export interface Verdict
  extends Pick<DrillResult, "name" | "why" | "seconds">,
    Pick<Circumstances, "context" | "commit" | "machine"> {
  readonly outcome: Outcome;
  /** When it began, as ISO 8601. */
  readonly began: string;
  /** Checks that passed, and all of them. */
  readonly passed: number;
  readonly checks: number;
}

/** The verdicts of before, each replaced by a newer one of the same drill. An interrupted drill has none. */
export function renewed(
  before: readonly Verdict[],
  results: readonly DrillResult[],
  { context, commit, machine }: Circumstances,
): Verdict[] {
  const now = results
    .filter(({ outcome }) => outcome !== "interrupted")
    .map(({ name, outcome, why, seconds, startedAt, findings: { checks } }) => ({
      name,
      outcome,
      why,
      seconds,
      began: startedAt.toISOString(),
      passed: checks.filter(({ passed }) => passed).length,
      checks: checks.length,
      context,
      commit,
      machine,
    }));
  return [...before.filter(({ name }) => !now.some((verdict) => verdict.name === name)), ...now];
}

/** Told apart by people who see no red and green, too (Okabe and Ito). */
const COLOURS: Readonly<Record<Outcome, string>> = {
  passed: "#009e73",
  failed: "#d55e00",
  "broke off": "#d55e00",
  "not applicable": "#999",
  interrupted: "#999",
};
const NEVER = "not held yet";
const WIDTH = 900;
const ROW = 28;
const COLUMNS = [24, 190, 340, 430, 580];

/** Every drill in a row, with its last verdict: `not held yet` where there is none. */
const rowsOf = (names: readonly string[], verdicts: readonly Verdict[]) => {
  const others = verdicts.map(({ name }) => name).filter((name) => !names.includes(name));
  return [...names, ...others].map((name) => {
    const verdict = verdicts.find((candidate) => candidate.name === name);
    if (verdict === undefined) return { colour: "#ddd", cells: [name, NEVER, "", "", ""] };
    const { outcome, passed, checks, began, commit = "", machine } = verdict;
    const when = began.slice(0, 16).replace("T", " ");
    return {
      colour: COLOURS[outcome],
      cells: [name, outcome, `${passed} of ${checks}`, when, [commit, machine].filter(Boolean).join("; ")],
    };
  });
};

/** The last verdict of each drill as a table. Pure. */
export const boardOf = (names: readonly string[], verdicts: readonly Verdict[]): string =>
  `${[
    "# The last verdict of each drill",
    "![The last verdict of each drill](board.svg)",
    table(
      ["drill", "verdict", "checks", "held (UTC)", "on"],
      rowsOf(names, verdicts).map(({ cells }) => cells),
    ),
  ].join("\n\n")}\n`;

/** The same as a picture. Pure. */
export function boardPicture(names: readonly string[], verdicts: readonly Verdict[]): string {
  const rows = rowsOf(names, verdicts);
  const height = (rows.length + 1) * ROW;
  const lines = rows.flatMap(({ colour, cells }, index) => {
    const top = index * ROW + ROW / 2;
    return [
      `<rect x="0" y="${top}" width="12" height="${ROW - 4}" fill="${colour}"/>`,
      ...cells.map(
        (words, column) => `<text x="${COLUMNS[column]}" y="${top + 16}">${escaped(words)}</text>`,
      ),
    ];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" font-size="13">`,
    "<title>The last verdict of each drill</title>",
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...lines,
    "</svg>",
  ].join("\n")}\n`;
}

/**
 * Writes `board.md`, `board.svg` and, to remember, `board.json`.
 *
 * @param names Every drill that there is.
 */
export function writeBoard(
  folder: string,
  names: readonly string[],
  results: readonly DrillResult[],
  circumstances: Circumstances,
): void {
  const memory = join(folder, "board.json");
  const before: readonly Verdict[] = existsSync(memory) ? JSON.parse(readFileSync(memory, "utf8")) : [];
  const verdicts = renewed(before, results, circumstances);
  writeFileSync(memory, `${JSON.stringify(verdicts, null, 2)}\n`);
  writeFileSync(join(folder, "board.svg"), boardPicture(names, verdicts));
  writeFileSync(join(folder, "board.md"), boardOf(names, verdicts));
}
