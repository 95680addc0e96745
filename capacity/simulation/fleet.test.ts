import { expect, test } from "vitest";
import { DEFAULT_CONTROLLER } from "../hpa/rules.ts";
import { Fleet } from "./fleet.ts";

/** Two old pods, and two that are placed at second 100, run at 103 and are ready at 105. */
function grown(): Fleet {
  const fleet = new Fleet(2, { pendingSeconds: 3, startSeconds: 2 }, DEFAULT_CONTROLLER);
  fleet.add(2);
  fleet.place(2, 100);
  return fleet;
}

// Measured every 15 s. A container has to have run for 10 s to be measured for the first time, and a pod has to have
// been ready for a whole measurement to count.
test.each([
  ["on its way", 102, 90, { measured: 2, unready: 2, missing: 0 }],
  ["running, but not measured", 104, 90, { measured: 2, unready: 0, missing: 2 }],
  ["run for too short a time when first measured", 106, 105, { measured: 2, unready: 0, missing: 2 }],
  [
    "measured, with a part of the time before it was ready",
    119,
    105,
    { measured: 2, unready: 0, missing: 2 },
  ],
  ["measured once over a whole period", 121, 120, { measured: 4, unready: 0, missing: 0 }],
])("a pod that is %s", (_, now, measuredAt, expected) => {
  expect(grown().observe(now, measuredAt, 100)).toEqual({ replicas: 4, millicores: 100, ...expected });
});

test("a pod that is measured before it has been ready for long enough does not count", () => {
  const slow = new Fleet(2, { pendingSeconds: 3, startSeconds: 20 }, DEFAULT_CONTROLLER);
  slow.add(1);
  slow.place(1, 100);
  // Running from 103, measured at 120 while it starts, ready at 123.
  expect(slow.observe(124, 120, 100)).toMatchObject({ measured: 2, unready: 1 });
  expect(slow.observe(136, 135, 100)).toMatchObject({ measured: 2, unready: 1 });
  expect(slow.observe(151, 150, 100)).toMatchObject({ measured: 3, unready: 0 });
});

test("pods are ready from their second on, and stay so", () => {
  const fleet = grown();
  expect([104, 105, 106, 1000, 5000].map((now) => fleet.ready(now))).toEqual([2, 4, 4, 4, 4]);
});

test("those that wait are deleted first, then the youngest; only the latter free a node", () => {
  const fleet = grown();
  fleet.add(3);
  expect(fleet.remove(4, 200)).toBe(1);
  expect(fleet).toMatchObject({ size: 3, unplaced: 0 });
  expect(fleet.remove(2, 200)).toBe(2);
  expect(fleet.ready(200)).toBe(1);
});
