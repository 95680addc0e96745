import fc from "fast-check";
import { expect, test } from "vitest";
import {
  elasticNodes,
  errorBudgetSeconds,
  latencyPerRequest,
  recoverySeconds,
  replicasFor,
  resourceUse,
  throughputPerReplica,
  totalResources,
} from "./arithmetic.ts";

const amount = fc.integer({ min: 0, max: 1e9 }).map((thousandths) => thousandths / 1000);
const positive = fc.integer({ min: 1, max: 1e9 }).map((thousandths) => thousandths / 1000);
const whole = fc.integer({ min: 1, max: 10_000 });

test("the examples of the documentation are true", () => {
  expect(throughputPerReplica(600, 4)).toBe(150);
  expect(latencyPerRequest(12, 400)).toBe(0.03);
  expect(resourceUse(0.6, 0.8)).toBeCloseTo(0.75);
  expect(totalResources([0.25, 0.5])).toBe(0.75);
  expect(replicasFor(2, 1 / 150, 600)).toBe(6);
  expect(elasticNodes(3, 3, 2_000, 1_000)).toBe(6);
  expect(recoverySeconds(10, 4)).toBe(14);
  expect(errorBudgetSeconds(99.9)).toBeCloseTo(2592);
});

test("replicas of a throughput each make it together again", () => {
  fc.assert(
    fc.property(amount, whole, (throughput, replicas) => {
      const together = throughputPerReplica(throughput, replicas) * replicas;
      expect(Math.abs(together - throughput)).toBeLessThanOrEqual(throughput * 1e-9);
    }),
  );
});

test("as many replicas as a load needs carry it, and one fewer does not", () => {
  fc.assert(
    fc.property(positive, positive, (each, load) => {
      const replicas = replicasFor(0, 1 / each, load);
      expect(replicas * each).toBeGreaterThanOrEqual(load * (1 - 1e-6));
      expect((replicas - 1) * each).toBeLessThan(load + each * 1e-6);
    }),
  );
});

test("more load never takes fewer replicas or nodes", () => {
  fc.assert(
    fc.property(amount, amount, whole, whole, (one, other, base, elasticity) => {
      const [low, high] = one < other ? [one, other] : [other, one];
      expect(replicasFor(base, 0.1, high)).toBeGreaterThanOrEqual(replicasFor(base, 0.1, low));
      expect(elasticNodes(base, elasticity, high, 100)).toBeGreaterThanOrEqual(
        elasticNodes(base, elasticity, low, 100),
      );
    }),
  );
});

test("at the reference load there are the reference nodes, and never fewer than none", () => {
  fc.assert(
    fc.property(whole, amount, positive, (nodes, elasticity, reference) => {
      expect(elasticNodes(nodes, elasticity, reference, reference)).toBe(nodes);
      expect(elasticNodes(nodes, elasticity, 0, reference)).toBe(Math.max(0, Math.ceil(nodes - elasticity)));
    }),
  );
});

test("a sum does not depend on the order of its parts", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (parts) => {
      expect(totalResources([...parts].reverse())).toBe(totalResources(parts));
    }),
  );
});

test.each([
  [() => throughputPerReplica(-1, 2), "throughput: -1 is not a number of 0 or more; write one"],
  [() => throughputPerReplica(1, 0), "replicas: 0 is not a number above 0; write one"],
  [() => latencyPerRequest(Number.NaN, 2), "seconds: NaN is not a number of 0 or more"],
  [() => resourceUse(1, Number.POSITIVE_INFINITY), "capacity: Infinity is not a number above 0"],
  [() => totalResources([]), "resources: there is nothing to add up; name at least one part"],
  [() => totalResources([1, -2]), "resources[1]: -2 is not a number of 0 or more"],
  [() => replicasFor(1, -1, 1), "factor: -1 is not"],
  [() => elasticNodes(1, 1, 1, 0), "reference: 0 is not a number above 0"],
  [() => recoverySeconds(1, Number.NaN), "restart: NaN is not"],
  [
    () => errorBudgetSeconds(100),
    "objective: 100 % leaves no time for any failure; promise less, such as 99.99 %",
  ],
  [() => errorBudgetSeconds(0), "objective: 0 is not a number above 0"],
])("%s is refused with value and remedy", (calculate, message) => {
  expect(calculate).toThrow(message);
});
