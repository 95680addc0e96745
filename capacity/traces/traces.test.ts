import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTrace } from "./csv.ts";
import { SHAPES, shapedTrace } from "./shapes.ts";
import { ordersPerSecond, peakOf, traceOf } from "./trace.ts";

test("between two points the load is on the line that joins them", () => {
  const trace = traceOf("ramp", [
    { second: 0, ordersPerMinute: 0 },
    { second: 3, ordersPerMinute: 180 },
    { second: 4, ordersPerMinute: 60 },
  ]);
  expect([...ordersPerSecond(trace)]).toEqual([0, 1, 2, 3]);
  expect(peakOf(trace)).toBe(180);
});

test.each(SHAPES)("%s reaches what it is made for, and not more", (shape) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (peak) => {
      const trace = shapedTrace(shape, peak);
      expect(peakOf(trace)).toBe(peak);
      for (const { ordersPerMinute } of trace.points)
        expect(ordersPerMinute).toBeGreaterThanOrEqual(peak * 0.099);
    }),
    { numRuns: 10 },
  );
});

test("a day ends as it begins", () => {
  const { points } = shapedTrace("daily", 100);
  expect(points.at(-1)).toEqual({ second: 86_400, ordersPerMinute: points[0]?.ordersPerMinute });
});

test("a file is read by the names of its columns, whatever else is in it", () => {
  const text =
    "\uFEFF# from the gateway\r\nnote,orders_per_minute,seconds\r\nnight, 10 ,0\r\n\r\nnoon,20.5,60\r\n";
  expect(parseTrace(text, "x.csv").points).toEqual([
    { second: 0, ordersPerMinute: 10 },
    { second: 60, ordersPerMinute: 20.5 },
  ]);
});

test.each([
  ["", "x.csv: the file is empty; begin it with a line seconds,orders_per_minute"],
  ["# nothing\n", "x.csv: the file is empty"],
  ["seconds,orders_per_minute\n", "x.csv: a trace of 0 points has no duration; write two or more"],
  ["seconds,orders_per_minute\n0,1\n", "x.csv: a trace of 1 points has no duration"],
  [
    "seconds,order_per_minute\n0,1\n60,2\n",
    'x.csv, line 1: there is no column orders_per_minute (was "order_per_minute" meant?); begin the file with',
  ],
  ["0,1\n60,2\n", "x.csv, line 1: there is no column seconds; begin the file with seconds,orders_per_minute"],
  [
    "seconds,orders_per_minute\n0,1\n60,-2\n",
    'x.csv, line 3, orders_per_minute: "-2" is not a number of 0 or more',
  ],
  ["seconds,orders_per_minute\n0,NaN\n60,2\n", 'line 2, orders_per_minute: "NaN" is not a number'],
  ["seconds,orders_per_minute\n0,1\n60\n", 'line 3, orders_per_minute: "" is not a number'],
  [
    "seconds,orders_per_minute\n0,1\n60,1\n60,2\n",
    "point 3: second 60 is not after 60; put the points in order",
  ],
  ["seconds,orders_per_minute\n5,1\n60,1\n", "point 1: the trace begins at second 5; begin it at 0"],
  ["seconds,orders_per_minute\n0,1\n0.5,1\n", "point 2, seconds: 0.5 is not a whole number"],
  [
    "seconds,orders_per_minute\n0,1\n9999999,1\n",
    "9999999 seconds are more than 31 days; plan a shorter time",
  ],
])("%j is refused with the place and the remedy", (text, message) => {
  expect(() => parseTrace(text, "x.csv")).toThrow(message);
});

test.each([0, -1, Number.NaN])("a shape of %d orders a minute is refused", (peak) => {
  expect(() => shapedTrace("daily", peak)).toThrow(/orders a minute: \S+ is not a number above 0/);
});
