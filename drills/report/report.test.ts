import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Findings } from "../runner/findings.ts";
import type { DrillResult } from "../runner/runner.ts";
import { boardOf, boardPicture, renewed, writeBoard } from "./board.ts";
import { compareWith } from "./compare.ts";
import { markdownOf } from "./markdown.ts";
import { type Plot, svgOf, tickStep } from "./plot.ts";
import { writeReport } from "./write.ts";

const plot: Plot = {
  name: "latency",
  title: "How long <it> took",
  x: "seconds",
  y: "milliseconds",
  lines: [
    {
      name: "p99",
      points: [
        [0, 10],
        [1, 20],
        [2, Number.NaN],
        [3, 40],
      ],
    },
    {
      name: "p50",
      points: [
        [0, 5],
        [1, 6],
      ],
    },
  ],
  marks: [{ at: 1, label: "order & cart" }],
};
function result(): DrillResult {
  const findings = new Findings();
  findings.atMost("writes again", 4.6, 5, "s");
  findings.exactly("orders lost", 1, 0);
  findings.figure("p99", 123.4, "ms");
  findings.note("1 × order 500 | <script>");
  findings.plot(plot);
  return {
    name: "kill",
    summary: "Kills.",
    outcome: "failed",
    why: undefined,
    seed: 7,
    startedAt: new Date(0),
    seconds: 12.3,
    findings,
    unsettled: [{ what: "the node", why: "away" }],
  };
}
const circumstances = {
  command: "npm run drill -- kill",
  stack: "dev",
  context: "kind-shop",
  commit: undefined,
  machine: "2 cores",
};

test("the report has the verdict, every check and figure, the command and the pictures", () => {
  const text = markdownOf([result()], circumstances, (drill, name) => `${drill}-${name}.svg`);
  for (const words of [
    "`npm run drill -- kill`",
    "| kill | failed | 1 of 2 | 12 |",
    "| ✓ | writes again | 4.60 s | ≤ 5 s |",
    "| ✗ | orders lost | 1 | = 0 |",
    "| p99 | 123 ms |",
    "(kill-latency.svg)",
    "seed 7",
    "- **not put back**: the node (away)",
  ])
    expect(text).toContain(words);
  expect(text).not.toContain("<script>");
});

test("a report is written beside its pictures, and programs read the same from JSON", () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-report-"));
  try {
    expect(writeReport(folder, [result()], circumstances)).toBe(join(folder, "report.md"));
    expect(readdirSync(folder).sort()).toEqual(["kill-latency.svg", "report.json", "report.md"]);
    const { stack, results } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
    expect(stack).toBe("dev");
    expect(results[0]).toMatchObject({ name: "kill", outcome: "failed", findings: { checks: [{}, {}] } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a plot names its lines and moments, leaves gaps and escapes what is written on it", () => {
  const svg = svgOf(plot);
  expect(svg).toContain("<title>How long &lt;it&gt; took</title>");
  expect(svg).toContain("order &amp; cart");
  // p99 is a line, a gap and a dot; p50 a line.
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(1);
});

test("whatever is measured, a plot has no place that is no number, and few ticks", () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(0, 1e9, -5, Number.NaN, Number.POSITIVE_INFINITY, -Number.MAX_VALUE),
  );
  const points = fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), value), { maxLength: 8 });
  fc.assert(
    fc.property(points, (given) => {
      const drawn = svgOf({ ...plot, lines: [{ name: "x", points: given }], marks: [] });
      expect(drawn).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 50, examples: [[[[0, -6.658122721712282e304]]], [[[0, Number.MAX_VALUE]]]] },
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (range) => {
      const parts = range / tickStep(range);
      expect(parts).toBeGreaterThan(1);
      expect(parts).toBeLessThanOrEqual(6.01);
    }),
    { numRuns: 50 },
  );
});

test("numbers are set beside those of the report before", () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-report-"));
  try {
    expect(compareWith(folder)(result()).findings.figures).toHaveLength(1);
    writeReport(folder, [result()], circumstances);
    const faster = new Findings();
    faster.atMost("writes again", 2.3, 5, "s");
    faster.figure("p99", "very fast");
    faster.figure("new", 1);
    const { figures } = compareWith(folder)({ ...result(), findings: faster }).findings;
    expect(figures.slice(2)).toEqual([{ what: "compared: writes again", value: "0.50 × before", unit: "" }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the board keeps the last verdict of each drill, and says which were never held", () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-board-"));
  try {
    writeBoard(folder, ["kill", "surge"], [result()], circumstances);
    writeBoard(folder, ["kill", "surge"], [{ ...result(), name: "load", outcome: "passed" }], circumstances);
    const board = readFileSync(join(folder, "board.md"), "utf8");
    expect(board).toContain("| kill | failed | 1 of 2 | 1970-01-01 00:00 | 2 cores |");
    expect(board).toContain("| surge | not held yet |");
    expect(board).toContain("| load | passed |");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a newer verdict replaces the one before, but for that of a drill that was interrupted", () => {
  const before = renewed([], [result()], circumstances);
  expect(renewed(before, [{ ...result(), outcome: "interrupted" }], circumstances)).toEqual(before);
  const after = renewed(before, [{ ...result(), outcome: "passed" }], { ...circumstances, machine: "<2>" });
  expect(after).toMatchObject([{ name: "kill", outcome: "passed" }]);
  expect(boardPicture([], after)).toContain("&lt;2&gt;");
  expect(boardOf([], after)).not.toContain("<2>");
});
