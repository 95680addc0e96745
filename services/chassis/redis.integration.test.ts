import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherConnection, isRedisAway, openRedis, type Redis, readyWithin } from "./redis.ts";
import { redisScript } from "./redis-script.ts";
import { type Interruptible, interruptible } from "./test/interruptible.ts";
import { emptyTestRedis, silentLog } from "./test/running.ts";

let server: Interruptible;
let redis: Redis;

beforeAll(async () => {
  server = await interruptible(await emptyTestRedis());
  redis = openRedis(server.url, "test", silentLog);
  expect(await readyWithin(10_000, redis)).toBe(true);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.cut();
});

const back = (connection: Redis) =>
  expect.poll(() => connection.ping().catch(() => "away"), { timeout: 60_000 }).toBe("PONG");

test("another connection has the same keys and comes back by itself, too", async () => {
  const another = anotherConnection(redis, silentLog);
  try {
    expect(await readyWithin(10_000, another)).toBe(true);
    await another.set("key", "value");
    expect(await redis.get("key")).toBe("value");
    await server.cut();
    await expect(another.get("key")).rejects.toSatisfy(isRedisAway);
    await server.restore();
    await Promise.all([back(redis), back(another)]);
  } finally {
    another.disconnect();
  }
});

test("a connection that is not ready in time says so", async () => {
  const way = await interruptible(await emptyTestRedis());
  way.freeze();
  const late = openRedis(way.url, "test", silentLog);
  try {
    expect(await readyWithin(50, late)).toBe(false);
    await way.restore();
    expect(await readyWithin(10_000, late)).toBe(true);
  } finally {
    late.disconnect();
    await way.cut();
  }
});

test("a server that says nothing any more is left, and looked for again", async () => {
  const closed = new Promise((resolve) => redis.once("close", resolve));
  server.freeze();
  try {
    await expect(redis.ping()).rejects.toSatisfy(isRedisAway);
    await closed;
  } finally {
    await server.restore();
  }
  await back(redis);
});

test("a connection that is told to leave its server while it looks for one comes back, and its likes, too", async () => {
  const told = openRedis(server.url, "test", silentLog);
  const another = anotherConnection(told, silentLog);
  try {
    for (const connection of [told, another]) {
      expect(connection.status).toBe("connecting");
      connection.disconnect(true);
    }
    expect(await readyWithin(10_000, told)).toBe(true);
    expect(await readyWithin(10_000, another)).toBe(true);
  } finally {
    told.disconnect();
    another.disconnect();
  }
});

test("a connection that was closed stays closed", async () => {
  const closed = openRedis(server.url, "test", silentLog);
  const ended = new Promise((resolve) => closed.once("end", resolve));
  closed.disconnect();
  await ended;
  expect(await readyWithin(500, closed)).toBe(false);
});

test("a script runs whole, also on a server that has not seen it yet", async () => {
  const count = redisScript(
    "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('INCRBY', KEYS[1], ARGV[2])",
  );
  for (const added of [1, 2]) expect(await count(redis, ["counted"], 40, added)).toBe(40 + added);
  await redis.script("FLUSH");
  expect(await count(redis, ["counted"], 1, 1)).toBe(2);
});

test("a command that is wrong does not say that Redis is away", async () => {
  await redis.set("text", "");
  const error = await redis.hgetall("text").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: expect.stringContaining("WRONGTYPE") });
  expect(isRedisAway(error)).toBe(false);
});

test.each(["READONLY You can't write against a read only replica.", "LOADING", "NOREPLICAS Not enough good"])(
  "%s says that it is",
  (message) => {
    const error = Object.assign(new Error(message), { name: "ReplyError" });
    expect(isRedisAway(error)).toBe(true);
  },
);
