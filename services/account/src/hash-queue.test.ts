import { expect, test } from "vitest";
import { HashQueue } from "./hash-queue.ts";

/** Work that ends when it is told to. */
function work() {
  const end = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  return {
    end: end.resolve,
    most: () => most,
    async run() {
      running += 1;
      most = Math.max(most, running);
      await end.promise;
      running -= 1;
      return "done";
    },
  };
}

test("runs so many at the same time, lets so many wait, and refuses the rest at once", async () => {
  const queue = new HashQueue({ concurrency: 2, waiting: 3 });
  const job = work();
  const accepted = Array.from({ length: 5 }, () => queue.run(job.run));
  expect(queue.length).toBe(3);
  await expect(queue.run(job.run)).rejects.toMatchObject({ status: 503, retryAfterSeconds: 2 });
  job.end();
  expect(await Promise.all(accepted)).toEqual(Array(5).fill("done"));
  expect(job.most()).toBe(2);
  expect(queue.length).toBe(0);
});

test("a failure makes room like a success", async () => {
  const queue = new HashQueue({ concurrency: 1, waiting: 1 });
  const failing = () => Promise.reject(new Error("failed"));
  for (let round = 0; round < 3; round++) {
    const both = await Promise.allSettled([queue.run(failing), queue.run(failing)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  }
  expect(await queue.run(() => Promise.resolve("done"))).toBe("done");
});
