import type { InspectColor } from "node:util";
import { showDifference } from "../plan/show.ts";
import type { Json } from "../program/registration.ts";
import { paint } from "../progress/terminal.ts";
import { ACTIONS, type Action, type Change, endangersData, type StackComparison } from "./compare.ts";

/** How an action is told. */
export const WORDS: Readonly<Record<Action, { sign: string; colour: InspectColor; verb: string }>> = {
  remove: { sign: "-", colour: "red", verb: "removed" },
  replace: { sign: "±", colour: "magenta", verb: "replaced" },
  change: { sign: "~", colour: "yellow", verb: "changed" },
  add: { sign: "+", colour: "green", verb: "added" },
};

/** How many resources an action concerns. */
export const count = ({ changes }: StackComparison, action: Action): number =>
  changes.filter((change) => change.action === action).length;

/** A comparison's numbers: `0 removed, 1 replaced, 2 changed, 1 added, 60 unchanged`. */
export function summary(comparison: StackComparison): string {
  const told = ACTIONS.map((action) => `${count(comparison, action)} ${WORDS[action].verb}`);
  return [...told, `${comparison.unchanged} unchanged`].join(", ");
}

/** Shows a stack's comparison to people, gravest first. */
export function showComparison(comparison: StackComparison): string {
  const { stack, note, changes } = comparison;
  const head = `${paint("bold", stack)}: ${summary(comparison)}${note && ` (${note})`}`;
  return [head, ...changes.flatMap(showChange)].join("\n");
}

function showChange(change: Change): string[] {
  const { sign, colour } = WORDS[change.action];
  const remark = [endangersData(change) ? "it holds data" : "", change.note].filter(Boolean).join("; ");
  const text = paint(colour, `  ${sign} ${change.resource.title}${remark && `  (${remark})`}`);
  return [
    endangersData(change) ? paint("bold", text) : text,
    ...change.differences.map((difference) => `      ${showDifference(difference)}`),
  ];
}

/** Comparisons for programs. */
export function comparisonsAsJson(base: string, comparisons: readonly StackComparison[]): Json {
  return {
    base,
    stacks: comparisons.map((comparison) => ({
      stack: comparison.stack,
      note: comparison.note,
      summary: {
        ...Object.fromEntries(ACTIONS.map((action) => [action, count(comparison, action)])),
        unchanged: comparison.unchanged,
        endangersData: comparison.changes.filter(endangersData).length,
      },
      changes: comparison.changes.map((change) => ({
        action: change.action,
        resource: change.resource.key,
        holdsData: change.resource.holdsData,
        note: change.note,
        differences: change.differences.map(({ path, before, after }) => ({
          path,
          before: before ?? null,
          after: after ?? null,
        })),
      })),
    })),
  };
}
