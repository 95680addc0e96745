import { expect, test, vi } from "vitest";
import { BestEffort } from "./best-effort.ts";

const never = new Promise<string>(() => {});

test("gives the result of the work", async () => {
  const onMissed = vi.fn();
  const bestEffort = new BestEffort({ deadlineMs: 1000, onMissed });
  expect(await bestEffort.attempt(async () => "found")).toBe("found");
  expect(onMissed).not.toHaveBeenCalled();
});

test("gives nothing where the work fails or takes too long", async () => {
  const onMissed = vi.fn();
  const bestEffort = new BestEffort({ deadlineMs: 1, onMissed });
  expect(await bestEffort.attempt(() => Promise.reject(new Error("away")))).toBeUndefined();
  expect(await bestEffort.attempt(() => never)).toBeUndefined();
  expect(onMissed).toHaveBeenCalledTimes(2);
});

test("gives a result that has come while this process was busy itself", async () => {
  const onMissed = vi.fn();
  const bestEffort = new BestEffort({ deadlineMs: 1, onMissed });
  // From here on the event loop sees to timers before it sees to anything else.
  await new Promise((resolve) => setImmediate(resolve));
  const attempt = bestEffort.attempt(() => new Promise((resolve) => setImmediate(resolve, "found")));
  const start = performance.now();
  while (performance.now() - start < 10);
  expect(await attempt).toBe("found");
  expect(onMissed).not.toHaveBeenCalled();
});

test("stops trying after failures in a row", async () => {
  const onMissed = vi.fn();
  const work = vi.fn(() => Promise.reject(new Error("away")));
  const bestEffort = new BestEffort({ deadlineMs: 1000, failures: 2, cooldownMs: 60_000, onMissed });
  for (let i = 0; i < 5; i++) await bestEffort.attempt(work);
  expect(work).toHaveBeenCalledTimes(2);
  expect(onMissed).toHaveBeenCalledTimes(5);
});
