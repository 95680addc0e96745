/** How many checks of a stage passed. A stage that ran nothing counts as one failure: silence proves nothing. */
export interface Count {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One ring of `npm test`. */
export interface Stage {
  readonly name: string;
  /** Whether it needs a cluster, or the machine's right to make one. */
  readonly cluster: boolean;
  readonly run: () => Count;
}

/**
 * Counts the tests in vitest's JSON report.
 *
 * @param name The stage.
 * @param readReport Reads the report; it may throw where vitest died before it wrote one.
 * @param status The exit code of vitest; a failure outside of any test counts as one.
 */
export function countVitest(name: string, readReport: () => string, status: number | null): Count {
  try {
    const report: unknown = JSON.parse(readReport());
    const number = (key: string): number => {
      const value = (report as Record<string, unknown>)[key];
      return typeof value === "number" ? value : 0;
    };
    const passed = number("numPassedTests");
    const failed = number("numFailedTests");
    const skipped = number("numPendingTests") + number("numTodoTests");
    const ranNothing = passed + failed === 0;
    const diedOutside = status !== 0 && failed === 0;
    return { name, passed, failed: failed + (ranNothing || diedOutside ? 1 : 0), skipped };
  } catch {
    return { name, passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * Counts the tests in the output of `go test -json` and passes on what a failed one printed.
 *
 * @param show Called with each line of a failed test or of a package that did not build.
 */
export function countGoTests(
  name: string,
  output: string,
  status: number | null,
  show: (line: string) => void,
): Count {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const printed = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    if (!line.startsWith("{")) {
      if (line !== "") show(line);
      continue;
    }
    const event = JSON.parse(line) as { Action: string; Test?: string; Output?: string; Package?: string };
    const key = `${event.Package ?? ""} ${event.Test ?? ""}`;
    if (event.Action === "output" || event.Action === "build-output") {
      printed.set(key, [...(printed.get(key) ?? []), (event.Output ?? "").trimEnd()]);
    }
    if (event.Action === "fail") for (const text of printed.get(key) ?? []) show(text);
    if (event.Action === "skip") for (const text of printed.get(key) ?? []) show(text);
    if (event.Test === undefined) continue;
    if (event.Action === "pass") passed += 1;
    if (event.Action === "fail") failed += 1;
    if (event.Action === "skip") skipped += 1;
  }
  const ranNothing = passed + failed === 0;
  const diedOutside = status !== 0 && failed === 0;
  return { name, passed, failed: failed + (ranNothing || diedOutside ? 1 : 0), skipped };
}

/** The closing line: `41 passed, 0 failed`, with `, 2 skipped` where some were. */
export function summaryLine(counts: readonly Count[]): string {
  const sum = (key: "passed" | "failed" | "skipped") =>
    counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum("skipped");
  return `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
