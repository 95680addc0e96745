import { expect, test } from "vitest";
import { checkLine, Findings, readable } from "./findings.ts";

test("passes when something was judged and everything holds", () => {
  const findings = new Findings();
  expect(findings.passed).toBe(false);
  findings.figure("rate", 5);
  expect(findings.passed).toBe(false);
  findings.atMost("gap", 4.6, 5, "s");
  findings.atLeast("killed", 3, 3);
  findings.exactly("lost", 0, 0);
  expect(findings.passed).toBe(true);
  findings.exactly("paid twice", 1, 0);
  expect(findings.passed).toBe(false);
});

test.each(["atMost", "atLeast", "exactly"] as const)("what was not measured fails: %s", (judge) => {
  const findings = new Findings();
  findings[judge]("gap", Number.NaN, 5);
  expect(findings.passed).toBe(false);
});

test("a check is told in one line", () => {
  const told: string[] = [];
  const findings = new Findings((check) => told.push(checkLine(check)));
  findings.atMost("writes again after", 4.612, 5, "s");
  findings.exactly("orders lost", 2, 0);
  expect(told).toEqual(["✓ writes again after: 4.61 s (≤ 5 s)", "✗ orders lost: 2 (= 0)"]);
});

test.each([
  [0, "0"],
  [4.612, "4.61"],
  [46.12, "46.1"],
  [461.2, "461"],
  [Number.NaN, "NaN"],
])("%d is written %s", (value, words) => expect(readable(value)).toBe(words));
