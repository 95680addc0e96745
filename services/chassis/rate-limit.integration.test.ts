import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Redis } from "./index.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { openRedis } from "./redis.ts";
import { type Interruptible, interruptible } from "./test/interruptible.ts";
import { emptyTestRedis, silentLog } from "./test/running.ts";

let server: Interruptible;
let replicas: Redis[];
let unlimited = 0;

/** Each replica's way to take from one unit's allowance; answers the milliseconds to wait. */
const limiters = (perSecond: number, burst: number) =>
  replicas.map((redis) => {
    const take = createRateLimiter(redis, () => unlimited++);
    return async (unit: string) =>
      (await take([{ limit: { name: "test", perSecond, burst }, unit }]))?.waitMs ?? 0;
  });

beforeAll(async () => {
  server = await interruptible(await emptyTestRedis());
  // Without an offline queue commands fail until a connection is ready.
  replicas = await Promise.all(
    [0, 1].map(async () => {
      const redis = openRedis(server.url, "gateway", silentLog);
      const ready = Promise.withResolvers<void>();
      redis.once("ready", ready.resolve);
      await ready.promise;
      return redis;
    }),
  );
});
afterAll(async () => {
  for (const redis of replicas) redis.disconnect();
  await server.cut();
});

test("a burst is allowed over all replicas together, then it says how long to wait", async () => {
  const limits = limiters(0.5, 10);
  const unit = randomUUID();
  // The first request of a connection sends the script along.
  for (const limit of limits) await limit(randomUUID());
  const before = unlimited;
  const waits = await Promise.all(
    Array.from({ length: 30 }, (_, index) => limits[index % limits.length]?.(unit)),
  );
  // Whom Redis does not answer in time, on a machine that is busy, is let through; it may have taken a token or not.
  const missed = unlimited - before;
  const allowed = waits.filter((wait) => wait === 0).length - missed;
  expect(allowed).toBeLessThanOrEqual(10);
  expect(allowed).toBeGreaterThanOrEqual(10 - missed);
  for (const wait of waits.filter((wait) => wait !== 0)) {
    expect(wait).toBeGreaterThan(1000);
    expect(wait).toBeLessThanOrEqual(2000);
  }
});

test("tokens come back at the rate that was agreed, up to a burst", async () => {
  const [limit] = limiters(100, 5);
  const unit = randomUUID();
  let allowed = 0;
  const start = performance.now();
  while (performance.now() - start < 500) if ((await limit?.(unit)) === 0) allowed++;
  const elapsed = performance.now() - start;
  // The exact number depends on when Redis's clock ticks; one token more or less is right.
  expect(allowed).toBeGreaterThanOrEqual(Math.floor(5 + elapsed / 10) - 2);
  expect(allowed).toBeLessThanOrEqual(Math.ceil(5 + elapsed / 10) + 1);
});

test("one unit's requests do not count for another", async () => {
  const [limit] = limiters(0.5, 1);
  expect(await limit?.(randomUUID())).toBe(0);
  expect(await limit?.(randomUUID())).toBe(0);
});

test("where several limits hold, a request takes from each or from none", async () => {
  const [redis] = replicas;
  if (redis === undefined) throw new Error("no connection");
  const take = createRateLimiter(redis, () => {});
  const wide = { limit: { name: "wide", perSecond: 0.01, burst: 3 }, unit: randomUUID() };
  const narrow = { limit: { name: "narrow", perSecond: 0.01, burst: 1 }, unit: wide.unit };
  expect(await take([wide, narrow])).toBeUndefined();
  for (let i = 0; i < 5; i++) {
    const excess = await take([wide, narrow]);
    expect(excess?.limit).toBe(narrow.limit);
    expect(excess?.waitMs).toBeGreaterThan(10_000);
  }
  // The refused ones took nothing: two of three are left.
  const results = [await take([wide]), await take([wide]), await take([wide])];
  expect(results.map((excess) => excess?.limit.name)).toEqual([undefined, undefined, "wide"]);
});

test.each([
  ["was killed", () => server.cut()],
  ["hangs", () => server.freeze()],
])("while Redis %s everything is allowed, soon, and counted", async (_name, interrupt) => {
  const [limit] = limiters(0.5, 1);
  const unit = randomUUID();
  await interrupt();
  unlimited = 0;
  const start = performance.now();
  for (let i = 0; i < 20; i++) expect(await limit?.(unit)).toBe(0);
  expect(unlimited).toBe(20);
  expect(performance.now() - start).toBeLessThan(3000);
  await server.restore();
});
