import { describe, expect, test } from "vitest";
import { countGoTests, countVitest, summaryLine } from "./count.ts";

const report = (passed: number, failed: number, pending = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: 0,
  });

describe("counting vitest's report", () => {
  test("counts what passed, failed and was skipped", () => {
    expect(countVitest("unit", () => report(3, 1, 2), 1)).toEqual({
      name: "unit",
      passed: 3,
      failed: 1,
      skipped: 2,
    });
  });

  test("a run without a test is a failure", () => {
    expect(countVitest("unit", () => report(0, 0), 0).failed).toBe(1);
  });

  test("a run that died before it wrote its report is a failure", () => {
    const missing = () => {
      throw new Error("no such file");
    };
    expect(countVitest("unit", missing, 1).failed).toBe(1);
  });

  test("an error outside of every test is a failure", () => {
    expect(countVitest("unit", () => report(3, 0), 1).failed).toBe(1);
  });
});

describe("counting Go's test events", () => {
  const events = (...lines: object[]) => lines.map((line) => JSON.stringify(line)).join("\n");

  test("counts tests, not packages, and shows what a failed one printed", () => {
    const shown: string[] = [];
    const output = events(
      { Action: "pass", Test: "TestA" },
      { Action: "output", Test: "TestB", Output: "want 1, have 2\n" },
      { Action: "fail", Test: "TestB" },
      { Action: "skip", Test: "TestC" },
      { Action: "fail", Package: "p" },
    );
    expect(countGoTests("go", output, 1, (line) => shown.push(line))).toEqual({
      name: "go",
      passed: 1,
      failed: 1,
      skipped: 1,
    });
    expect(shown).toContain("want 1, have 2");
  });

  test("a package that does not build is a failure", () => {
    expect(countGoTests("go", "", 1, () => {}).failed).toBe(1);
  });
});

test("the closing line adds the stages up", () => {
  const stages = [
    { name: "a", passed: 40, failed: 0, skipped: 0 },
    { name: "b", passed: 1, failed: 0, skipped: 2 },
  ];
  expect(summaryLine(stages)).toBe("41 passed, 0 failed, 2 skipped");
  expect(summaryLine(stages.slice(0, 1))).toBe("40 passed, 0 failed");
});
