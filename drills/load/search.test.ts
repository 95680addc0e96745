import fc from "fast-check";
import { expect, test } from "vitest";
import { highestSustained } from "./search.ts";
import { cpuBetween, growth, metricIn } from "./usage.ts";

test("finds the highest rate within its precision, in few tries, wherever it is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 200 }),
      async (truth, start) => {
        const tried: number[] = [];
        const found = await highestSustained(
          async (rate) => {
            tried.push(rate);
            return rate <= truth;
          },
          { start, most: 2000, precision: 1.1 },
        );
        const most = Math.min(truth, 2000);
        expect(found).toBeLessThanOrEqual(most);
        // Below ten, whole numbers are further apart than the precision.
        expect((found + 1) * 1.1).toBeGreaterThanOrEqual(most);
        expect(tried.length).toBeLessThan(20);
        expect(new Set(tried).size).toBe(tried.length);
      },
    ),
    { numRuns: 100 },
  );
});

test("memory that does not grow has no slope, one that grows has its own", () => {
  expect(
    growth([
      [0, 100],
      [1, 100],
      [2, 100],
    ]),
  ).toBe(0);
  expect(
    growth([
      [0, 100],
      [1, 110],
      [2, 120],
    ]),
  ).toBeCloseTo(10);
  expect(growth([[0, 100]])).toBeNaN();
});

test("a metric is read without those whose names begin alike", () => {
  const text = "process_cpu_seconds_total_created 9\n# HELP\nprocess_cpu_seconds_total 1.5\n";
  expect(metricIn(text, "process_cpu_seconds_total")).toBe(1.5);
  expect(metricIn(text, "process_resident_memory_bytes")).toBe(0);
});

test("a service whose pods were replaced has used no CPU backwards", () => {
  const usage = (cpuSeconds: number) => ({ cpuSeconds, memory: 0, pods: 1 });
  const before = new Map([
    ["order", usage(5)],
    ["cart", usage(7)],
  ]);
  const after = new Map([
    ["order", usage(8)],
    ["cart", usage(1)],
    ["payment", usage(2)],
  ]);
  expect(cpuBetween(before, after)).toEqual(
    new Map([
      ["order", 3],
      ["cart", 0],
      ["payment", 2],
    ]),
  );
});
