import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillResult } from "../runner/runner.ts";

/** What is read of an earlier report. */
interface Earlier {
  readonly commit?: string;
  readonly results?: readonly {
    readonly name: string;
    readonly findings: {
      readonly checks: readonly { readonly what: string; readonly measured: number | null }[];
      readonly figures: readonly { readonly what: string; readonly value: number | string | null }[];
    };
  }[];
}

/** The numbers of an earlier report, by `drill: what`; undefined where there is none. */
function earlierNumbers(folder: string): Map<string, number> | undefined {
  const file = join(folder, "report.json");
  if (!existsSync(file)) return undefined;
  const { results = [] }: Earlier = JSON.parse(readFileSync(file, "utf8"));
  return new Map(
    results.flatMap(({ name, findings: { checks, figures } }) =>
      [
        ...checks.map(({ what, measured }) => [what, measured] as const),
        ...figures.map(({ what, value }) => [what, value] as const),
      ].flatMap(([what, value]) => (typeof value === "number" ? [[`${name}: ${what}`, value] as const] : [])),
    ),
  );
}

/** How a number compares with that of before: `1.20 × before`; undefined where there is nothing to compare with. */
function ratio(now: number, before: number | undefined): string | undefined {
  if (before === undefined || before === 0 || !Number.isFinite(now / before)) return undefined;
  return `${(now / before).toFixed(2)} × before`;
}

/**
 * Sets results beside those of the report that is in a folder, before it is written over.
 *
 * @returns Adds to a result, as figures, how each of its numbers compares with that of before.
 */
export function compareWith(folder: string): (result: DrillResult) => DrillResult {
  const before = earlierNumbers(folder);
  if (before === undefined) return (result) => result;
  return (result) => {
    const { name, findings } = result;
    const numbers = [
      ...findings.checks.map(({ what, measured }) => [what, measured] as const),
      ...findings.figures.map(({ what, value }) => [what, value] as const),
    ];
    const compared = numbers.flatMap(([what, value]) => {
      const words = typeof value === "number" ? ratio(value, before.get(`${name}: ${what}`)) : undefined;
      return words === undefined ? [] : [{ what: `compared: ${what}`, value: words, unit: "" }];
    });
    const { checks, figures, notes, plots } = findings;
    return { ...result, findings: { checks, figures: [...figures, ...compared], notes, plots } };
  };
}
