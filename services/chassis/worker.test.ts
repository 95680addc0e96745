import { expect, test } from "vitest";
import { createLogger } from "./log.ts";
import { startWorker } from "./worker.ts";

const log = createLogger("silent", { name: "test", version: "0", pod: "test" });
const HOUR = 3_600_000;

test("goes on at once while there is more to do, then waits", async () => {
  let turns = 0;
  const worker = startWorker("test", HOUR, async () => ++turns < 5, log);
  await expect.poll(() => turns).toBe(5);
  await worker.stop();
  expect(turns).toBe(5);
});

test("runs again when it is woken, also when that happens during a turn", async () => {
  let turns = 0;
  const hold = Promise.withResolvers<void>();
  const worker = startWorker(
    "test",
    HOUR,
    async () => {
      turns += 1;
      if (turns === 1) await hold.promise;
      return false;
    },
    log,
  );
  worker.wake();
  hold.resolve();
  await expect.poll(() => turns).toBe(2);
  worker.wake();
  await expect.poll(() => turns).toBe(3);
  await worker.stop();
});

test("survives failures, and stops while it waits after one", async () => {
  let turns = 0;
  const worker = startWorker(
    "test",
    1,
    async () => {
      turns += 1;
      throw new Error("no luck");
    },
    log,
  );
  await expect.poll(() => turns).toBeGreaterThan(2);
  await worker.stop();
});

test("lets more come together after it is woken, and stops at once all the same", async () => {
  let turns = 0;
  const worker = startWorker("test", HOUR, async () => ++turns < 1, log, HOUR);
  await expect.poll(() => turns).toBe(1);
  worker.wake();
  // Time enough for a turn that did not wait.
  for (let tick = 0; tick < 5; tick++) await new Promise(setImmediate);
  expect(turns).toBe(1);
  await worker.stop();
  expect(turns).toBe(1);
});
