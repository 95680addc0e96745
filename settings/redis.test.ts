import { expect, test } from "vitest";
import { readRedis } from "./redis.ts";
import { Section } from "./section.ts";

const read = (redis: object, environment: "dev" | "prod" = "dev") =>
  readRedis(new Section("tradestack:redis", redis), environment);

test("runs in the cluster unless the stack says otherwise", () => {
  expect(read({ replicas: 5, storage: "2Gi" })).toEqual({ kind: "cluster", replicas: 5, storage: "2Gi" });
});

test("at ElastiCache, production has a second node, and cannot be deleted", () => {
  expect(read({ kind: "elasticache" }, "prod")).toEqual({
    kind: "elasticache",
    args: { nodeType: "cache.t4g.small", nodes: 2, snapshotDays: 7, deletionProtection: true },
  });
  expect(read({ kind: "elasticache", nodeType: "cache.m7g.large", nodes: 3 })).toMatchObject({
    args: { nodeType: "cache.m7g.large", nodes: 3, deletionProtection: false },
  });
});

test.each<[object, RegExp]>([
  [{ kind: "elasticcache" }, /^tradestack:redis\.kind: "elasticcache" is none of .*mean "elasticache"/],
  [{ kind: "elasticache", replicas: 3 }, /^tradestack:redis\.replicas is not a setting/],
  [{ nodeType: "cache.t4g.small" }, /^tradestack:redis\.nodeType is not a setting/],
  [{ kind: "elasticache", nodeType: "cache.m7q.large" }, /is of no known family; write cache\.m7g\.large/],
  [{ kind: "elasticache", nodeType: "cache.m7g.lage" }, /is of no known size; write cache\.m7g\.large/],
  [{ kind: "elasticache", nodeType: "m7g.large" }, /is no type of nodes; write it like cache\.t4g\.small/],
  [{ kind: "elasticache", nodes: 7 }, /\.nodes: 7 is not a whole number from 1 to 6/],
])("%j is refused", (redis, message) => expect(() => read(redis)).toThrow(message));
