import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openRedis, readyWithin } from "../../chassis/redis.ts";
import { type Interruptible, interruptible } from "../../chassis/test/interruptible.ts";
import { silentLog, testServer } from "../../chassis/test/running.ts";
import { attachReplica, type Replica } from "../test/replica.ts";
import { ReplicatedWrites } from "./replicated-writes.ts";

const TIMEOUT_MS = 500;
let way: Interruptible;
let redis: Redis;
let replica: Replica;

beforeAll(async () => {
  const server = testServer("TEST_REDIS_URL");
  way = await interruptible(server);
  redis = openRedis(way.url, `test-${randomUUID()}`, silentLog);
  await readyWithin(10_000, redis);
  replica = await attachReplica(server);
  await followed(new ReplicatedWrites(redis, TIMEOUT_MS));
});
afterAll(async () => {
  replica?.close();
  redis?.disconnect();
  await way?.cut();
});

/** Waits until a replica acknowledges writes. */
const followed = (writes: ReplicatedWrites) =>
  vi.waitUntil(async () => (await write(writes)).replicated, { timeout: 40_000 });

const write = (writes: ReplicatedWrites) =>
  writes.run((connection) => connection.set(randomUUID(), "", "EX", 60));

test("a write that a replica has says so, and many at once each", async () => {
  const writes = new ReplicatedWrites(redis, TIMEOUT_MS);
  expect(await write(writes)).toEqual({ result: "OK", replicated: true });
  const all = await Promise.all(Array.from({ length: 200 }, () => write(writes)));
  expect(all.every(({ replicated }) => replicated)).toBe(true);
});

test("a write whose connection was lost since is not said to be anywhere: the next one may lead elsewhere", async () => {
  const writes = new ReplicatedWrites(redis, TIMEOUT_MS);
  const changed = await writes.run(async (connection) => {
    await connection.set(randomUUID(), "", "EX", 60);
    await way.cut();
    await way.restore();
    await expect.poll(() => connection.ping().catch(() => ""), { timeout: 60_000 }).toBe("PONG");
  });
  expect(changed.replicated).toBe(false);
  expect((await write(writes)).replicated).toBe(true);
});

test("a write that fails says why, whatever replicas do", async () => {
  const writes = new ReplicatedWrites(redis, TIMEOUT_MS);
  await expect(writes.run((connection) => connection.call("NONSENSE"))).rejects.toThrow(/unknown command/);
});

test("a replica that hangs holds nobody up for long, and is asked again when it is back", async () => {
  const writes = new ReplicatedWrites(redis, 20);
  replica.freeze();
  const waits = vi.spyOn(redis, "wait");
  for (let round = 0; round < 20; round++) {
    const all = await Promise.all(Array.from({ length: 10 }, () => write(writes)));
    expect(all.some(({ replicated }) => replicated)).toBe(false);
  }
  // The rest was not held up at all.
  expect(waits.mock.calls.length).toBeLessThan(10);
  waits.mockRestore();
  replica.close();
  replica = await attachReplica(testServer("TEST_REDIS_URL"));
  await followed(writes);
});
