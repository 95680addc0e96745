import { expect, test } from "vitest";
import { parseRedisUrl } from "./redis.ts";

test("one server", () => {
  expect(parseRedisUrl("redis://catalog:p%40ss@redis:6380")).toEqual({
    username: "catalog",
    password: "p@ss",
    host: "redis",
    port: 6380,
  });
  expect(parseRedisUrl("redis://localhost/3")).toEqual({ host: "localhost", db: 3 });
});

test("a cloud's server, encrypted, left as soon as it only reads", () => {
  const options = parseRedisUrl("rediss://cart:pw@primary.shop.cache.amazonaws.com:6379");
  expect(options).toMatchObject({ host: "primary.shop.cache.amazonaws.com", port: 6379, tls: {} });
  expect(options.reconnectOnError?.(new Error("READONLY You can't write against a read only replica."))).toBe(
    2,
  );
  expect(options.reconnectOnError?.(new Error("WRONGTYPE"))).toBe(false);
  expect(parseRedisUrl("redis://localhost")).not.toHaveProperty("tls");
});

test("whoever the Sentinels name", () => {
  const options = parseRedisUrl(
    "redis+sentinel://catalog:pw@redis-0.redis:26379,redis-1.redis,redis-2.redis:9/primary",
  );
  expect(options).toMatchObject({
    name: "primary",
    username: "catalog",
    password: "pw",
    sentinelUsername: "catalog",
    sentinelPassword: "pw",
    failoverDetector: true,
    sentinels: [
      { host: "redis-0.redis", port: 26379 },
      { host: "redis-1.redis", port: 26379 },
      { host: "redis-2.redis", port: 9 },
    ],
  });
});

test.each(["http://redis", "redis:", "redis+sentinel://user:secret@redis-0"])("refuses %s", (url) => {
  expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL/);
  expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
});
