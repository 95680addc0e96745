import type { Difference } from "../plan/diff.ts";
import { showValue } from "../plan/show.ts";
import { ACTIONS, type Change, endangersData, type StackComparison } from "./compare.ts";
import { count, WORDS } from "./show.ts";

/** Most characters that GitHub takes in a comment. */
export const COMMENT_LIMIT = 65_536;
/** First line of the comment: by it, the workflow finds the comment again and replaces it. */
export const MARKER = "<!-- tradestack: rendered differences -->";
/** Fields that are shown of one resource; past these, reading the code is quicker. */
const FIELDS = 40;
/** Most characters of a sentence or a name. */
const NOTE = 300;

/** Text with neither line breaks nor characters that are not seen, which could make it read as something else. */
const visible = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "�");

/** Backticks, more than there are in a row anywhere in a text, and at least some. */
const ticks = (text: string, least: number): string =>
  "`".repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));

/** A text as code within a line: whatever it holds, nothing of it is read as Markdown, HTML or a mention. */
export function code(text: string): string {
  const shown = visible(text);
  const fence = ticks(shown, 1);
  // A space that both ends have is taken away again by whoever reads it.
  return shown === "" || /^[` ]|[` ]$/.test(shown)
    ? `${fence} ${shown} ${fence}`
    : `${fence}${shown}${fence}`;
}

/** Lines as a block of code, likewise. */
export function block(language: string, lines: readonly string[]): string {
  const shown = lines.map(visible).join("\n");
  const fence = ticks(shown, 3);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/**
 * Comparisons as a comment for a pull request: a table of numbers, what endangers data in bold, and then every
 * resource field by field. What does not fit is left out by whole resources, and how many is told.
 *
 * @param against What the checkout was compared with, as it was asked for.
 * @param limit Most characters. Default: {@link COMMENT_LIMIT}.
 */
export function asMarkdown(
  against: string,
  comparisons: readonly StackComparison[],
  limit = COMMENT_LIMIT,
): string {
  const differing = comparisons.filter(({ changes }) => changes.length > 0);
  const everything = `${code(`npm run preview -- --against ${against}`)} shows all of them.`;
  const leftOut = (number: number): string => `… and ${number} more that did not fit here; ${everything}`;
  const head = [MARKER, `### What this changes, against ${code(against)}`, "", ...table(comparisons), ""];
  const sections = differing.map(({ stack, changes }) => ({
    changes,
    open: [
      "<details>",
      `<summary>${escapeHtml(visible(stack))}: ${changes.length === 1 ? "1 resource" : `${changes.length} resources`}</summary>`,
      "",
    ],
  }));

  // Room for what always stands there, and for a sentence about what is left out wherever something may be.
  const frame = [
    ...head,
    ...sections.flatMap(({ open, changes }) => [...open, leftOut(changes.length), "</details>", ""]),
  ];
  let room = limit - lengthOf(frame) - lengthOf([leftOut(allOf(comparisons).length), "", ""]);
  /** Takes as many of the parts as there is room for, and says how many were not taken. */
  const fill = (parts: readonly (readonly string[])[]): string[] => {
    const taken = parts.filter((part) => {
      const fits = lengthOf(part) <= room;
      if (fits) room -= lengthOf(part);
      return fits;
    });
    const missing = parts.length - taken.length;
    return [...taken.flat(), ...(missing > 0 ? [leftOut(missing)] : [])];
  };

  const warnings = fill(
    differing.flatMap(({ stack, changes }) =>
      changes.filter(endangersData).map((change) => [warning(stack, change)]),
    ),
  );
  const bodies = sections.flatMap(({ open, changes }) => [
    ...open,
    ...fill(changes.map(section)),
    "</details>",
    "",
  ]);
  return [...head, ...warnings, ...(warnings.length > 0 ? [""] : []), ...bodies].join("\n");
}

const allOf = (comparisons: readonly StackComparison[]): Change[] =>
  comparisons.flatMap(({ changes }) => changes);

/** Characters of lines, each with its end. */
const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function table(comparisons: readonly StackComparison[]): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["stack", ...ACTIONS.map((action) => WORDS[action].verb), "unchanged", ""]),
    row(["---", ...ACTIONS.map(() => "--:"), "--:", "---"]),
    ...comparisons.map((comparison) => {
      const numbers = ACTIONS.map((action) => String(count(comparison, action)));
      // A bar ends a cell even within code.
      const words = [comparison.stack, comparison.note].map((text) =>
        text === "" ? "" : code(cut(text)).replaceAll("|", "\\|"),
      );
      return row([words[0] ?? "", ...numbers, String(comparison.unchanged), words[1] ?? ""]);
    }),
  ];
}

const cut = (text: string): string => (text.length > NOTE ? `${text.slice(0, NOTE)}…` : text);

const warning = (stack: string, { action, resource }: Change): string =>
  `- **${code(stack)}: ${code(cut(resource.title))} holds data and would be ${WORDS[action].verb}**`;

/** One resource: what happens to it, and its fields as lines that GitHub colours. */
function section(change: Change): string[] {
  const { action, resource, differences, note } = change;
  const told = `${WORDS[action].verb} ${code(cut(resource.title))}`;
  const head = endangersData(change) ? `**${told}, which holds data**` : told;
  const fields = differences.slice(0, FIELDS).flatMap(lines);
  if (differences.length > FIELDS) fields.push(`  … and ${differences.length - FIELDS} more fields`);
  return [
    `${head}${note && `: ${code(cut(note))}`}`,
    "",
    ...(fields.length > 0 ? [...block("diff", fields).split("\n"), ""] : []),
  ];
}

function lines({ path, before, after }: Difference): string[] {
  return [
    ...(before === undefined ? [] : [`- ${path}: ${showValue(before)}`]),
    ...(after === undefined ? [] : [`+ ${path}: ${showValue(after)}`]),
  ];
}
