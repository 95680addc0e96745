import fc from "fast-check";
import { expect, test } from "vitest";
import { Autoscaling } from "./autoscaling.ts";
import { type Autoscaler, DEFAULT_BEHAVIOR, DEFAULT_CONTROLLER, type ScalingRules } from "./rules.ts";

const rules = (changes: Partial<ScalingRules>): ScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [],
  ...changes,
});
const pods = (value: number, periodSeconds: number) => ({ type: "Pods", value, periodSeconds }) as const;
const percent = (value: number, periodSeconds: number) =>
  ({ type: "Percent", value, periodSeconds }) as const;

/** An autoscaler whose recommendations are named. */
function autoscaling(
  replicas: number,
  changes: { min?: number; max?: number; up?: ScalingRules; down?: ScalingRules } = {},
) {
  const autoscaler: Autoscaler = {
    minReplicas: changes.min ?? 1,
    maxReplicas: changes.max ?? 1000,
    cpuPercent: 100,
    behavior: {
      scaleUp: changes.up ?? DEFAULT_BEHAVIOR.scaleUp,
      scaleDown: changes.down ?? DEFAULT_BEHAVIOR.scaleDown,
    },
  };
  const scaling = new Autoscaling(autoscaler, DEFAULT_CONTROLLER, 1000, { replicas, at: -10_000 });
  let current = replicas;
  return (at: number, wanted: number): number => {
    const millicores = (1000 * wanted) / current;
    current = scaling.sync(at, { replicas: current, measured: current, millicores, unready: 0, missing: 0 });
    return current;
  };
}

// Limits and results as in the controller's own tests of version 1.37.
test.each<[string, Parameters<typeof autoscaling>[1], number, number, number]>([
  ["within range", { min: 3, max: 8 }, 5, 7, 7],
  ["not below the least", { min: 2, max: 8, down: rules({ policies: [percent(100, 15)] }) }, 3, 1, 2],
  ["above the most at the beginning", { max: 10 }, 20, 1000, 10],
  ["doubled at once by default", {}, 10, 50, 20],
  ["four more at once by default", {}, 1, 50, 5],
  [
    "the larger policy wins: pods",
    { up: rules({ policies: [pods(100, 60), percent(100, 60)] }) },
    10,
    500,
    110,
  ],
  [
    "the larger policy wins: per cent",
    { up: rules({ policies: [pods(2, 60), percent(100, 60)] }) },
    10,
    500,
    20,
  ],
  [
    "the smaller one, if that is asked for",
    { up: rules({ selectPolicy: "Min", policies: [pods(2, 60), percent(100, 60)] }) },
    10,
    500,
    12,
  ],
  [
    "not at all, if that is asked for",
    { up: rules({ selectPolicy: "Disabled", policies: [pods(2, 60)] }) },
    10,
    500,
    10,
  ],
  ["down by pods", { down: rules({ policies: [pods(20, 60), percent(1, 60)] }) }, 100, 2, 80],
  [
    "down by the smaller policy",
    { down: rules({ selectPolicy: "Min", policies: [pods(20, 60), percent(1, 60)] }) },
    100,
    2,
    99,
  ],
  ["down by per cent, rounded down", { down: rules({ policies: [percent(25, 60)] }) }, 3, 1, 2],
])("%s", (_, changes, replicas, wanted, expected) => {
  expect(autoscaling(replicas, changes)(0, wanted)).toBe(expected);
});

test("a policy counts what changed within its period, in both directions", () => {
  const sync = autoscaling(10, {
    up: rules({ policies: [pods(4, 60)] }),
    down: rules({ policies: [pods(1, 60)] }),
  });
  expect([0, 15, 30, 59].map((at) => sync(at, 50))).toEqual([14, 14, 14, 14]);
  expect(sync(60, 50)).toBe(18);
  // What was added within the period may be taken back with what the policy lets it take away.
  expect([75, 120, 136].map((at) => sync(at, 5))).toEqual([13, 13, 12]);
});

test("goes down to the highest recommendation of the window only", () => {
  const sync = autoscaling(10, {
    down: rules({ stabilizationWindowSeconds: 60, policies: [percent(100, 15)] }),
  });
  expect(sync(0, 10)).toBe(10);
  expect([15, 30, 45].map((at) => sync(at, 4))).toEqual([10, 10, 10]);
  expect(sync(60, 4)).toBe(4);
});

test("goes up to the lowest recommendation of the window only", () => {
  const sync = autoscaling(10, {
    up: rules({ stabilizationWindowSeconds: 30, policies: [percent(900, 15)] }),
  });
  expect([0, 15, 30].map((at) => sync(at, at === 0 ? 10 : 60))).toEqual([10, 10, 60]);
});

test("never leaves its bounds, nor changes faster than its policies let it", () => {
  const wanted = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(wanted, fc.integer({ min: 1, max: 20 }), (loads, first) => {
      const sync = autoscaling(first, { min: 2, max: 100 });
      let before = first;
      for (const [index, load] of loads.entries()) {
        const now = sync(index * 15, load);
        expect(now).toBeGreaterThanOrEqual(Math.min(2, before));
        expect(now).toBeLessThanOrEqual(Math.min(100, Math.max(2, before * 2, before + 4)));
        before = now;
      }
    }),
    { numRuns: 50 },
  );
});
