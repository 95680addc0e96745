import fc from "fast-check";
import { expect, test } from "vitest";
import { type Observation, recommendedReplicas } from "./replicas.ts";

const target = { cpuPercent: 30, requestMillicores: 1000, toleranceUp: 0.1, toleranceDown: 0.1 };
const seen = (changes: Partial<Observation>): Observation => ({
  replicas: 3,
  measured: 3,
  millicores: 300,
  unready: 0,
  missing: 0,
  ...changes,
});

// The expected figures are those that the controller's own tests of version 1.37 state for the same pods.
test.each<[string, Partial<Observation>, number | undefined]>([
  ["use above the target adds replicas", { millicores: 500 }, 5],
  ["unready pods are taken to use nothing", { measured: 2, unready: 1, millicores: 600 }, 4],
  [
    "… which may leave the rest within the tolerance",
    { replicas: 11, measured: 10, unready: 1, millicores: 340 },
    11,
  ],
  ["a part of a per cent does not count", { millicores: 339 }, 3],
  ["nothing is added where that turns the direction", { measured: 1, unready: 2, millicores: 400 }, 3],
  ["use below the target takes replicas away", { replicas: 5, measured: 5, millicores: 200 }, 4],
  [
    "unready pods do not keep others from being taken away",
    { replicas: 5, measured: 3, unready: 2, millicores: 200 },
    2,
  ],
  ["what is within the tolerance is left alone", { millicores: 310 }, 3],
  ["without a measurement nothing is recommended", { measured: 0, unready: 3 }, undefined],
  [
    "missing pods are taken to use all they asked for, where fewer are wanted",
    { replicas: 4, measured: 3, missing: 1, millicores: 100 },
    4,
  ],
  [
    "missing pods are taken to use nothing, where more are wanted",
    { replicas: 4, measured: 2, missing: 2, millicores: 700 },
    5,
  ],
])("%s", (_, changes, expected) => {
  expect(recommendedReplicas(seen(changes), target)).toBe(expected);
});

test("never both directions: more use never recommends fewer replicas", () => {
  const use = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), use, use, (replicas, one, other) => {
      const at = (millicores: number) =>
        recommendedReplicas(seen({ replicas, measured: replicas, millicores }), target) ?? Number.NaN;
      expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)));
    }),
  );
});

test("who is not measured never makes a recommendation bolder", () => {
  const pods = fc.integer({ min: 1, max: 50 });
  const few = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(
      pods,
      few,
      few,
      fc.integer({ min: 0, max: 3000 }),
      (measured, unready, missing, millicores) => {
        const replicas = measured + unready + missing;
        const all =
          recommendedReplicas(seen({ replicas, measured: replicas, millicores }), target) ?? Number.NaN;
        const some = recommendedReplicas(seen({ replicas, measured, unready, missing, millicores }), target);
        if (millicores > 330) expect(some).toBeLessThanOrEqual(all);
      },
    ),
  );
});
