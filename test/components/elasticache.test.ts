import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { ElastiCacheRedis, type ElastiCacheRedisArgs } from "../../components/managed/elasticache-redis.ts";
import { make } from "./support.ts";

const host = "primary.shop-redis.abc.euc1.cache.amazonaws.com";
const args: ElastiCacheRedisArgs = {
  identifier: "shop-redis",
  namespace: "shop",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
  clientSecurityGroupId: "sg-nodes",
  users: ["cart", "gateway"].map((name) => ({ name, password: pulumi.secret(`pw-${name}`) })),
};
const made = (changes: Partial<ElastiCacheRedisArgs> = {}) =>
  make(
    () => {
      new ElastiCacheRedis("redis", { ...args, ...changes });
    },
    {},
    {},
    { "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: host } },
  );
const standard = await made();
const all = (type: string) =>
  standard.resources.filter((resource) => resource.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);

test("is encrypted where it is stored and on the way, and fails over to another zone", () => {
  expect(all("ReplicationGroup")).toMatchObject([
    {
      engine: "valkey",
      numCacheClusters: 3,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      snapshotRetentionLimit: 7,
      userGroupIds: ["shop-redis"],
    },
  ]);
  expect(all("ParameterGroup")).toMatchObject([
    { family: "valkey7", parameters: [{ name: "maxmemory-policy", value: "volatile-lru" }] },
  ]);
});

test("a service may touch its own keys only, and finds the primary with its own password", () => {
  expect(all("User")).toMatchObject([
    {
      userId: "shop-redis-cart",
      userName: "cart",
      accessString: "on ~cart:* &cart:* +@all -@dangerous +info",
      authenticationMode: { type: "password", passwords: ["pw-cart"] },
    },
    { userId: "shop-redis-gateway" },
  ]);
  expect(standard.one("Secret", "cart-redis").stringData.url).toBe(`rediss://cart:pw-cart@${host}:6379`);
});

test("lets the nodes in, and nobody else", () => {
  expect(all("SecurityGroupIngressRule")).toMatchObject([
    { referencedSecurityGroupId: "sg-nodes", fromPort: 6379, toPort: 6379 },
  ]);
  expect(all("SecurityGroup")[0]).not.toHaveProperty("ingress");
});

test("one node alone has nobody to fail over to", async () => {
  const { resources } = await made({ nodes: 1 });
  const group = resources.find(({ type }) => type.endsWith(":ReplicationGroup"));
  expect(group?.inputs).toMatchObject({ automaticFailoverEnabled: false, multiAzEnabled: false });
});

test("a name that is too long for it, and a user that is not there, are refused", async () => {
  await expect(made({ identifier: "a-platform-with-quite-a-long-name-redis" })).rejects.toThrow(
    /^ElastiCache "a-platform-with-quite-a-long-name-redis-cart": a name there has 40 letters at most; shorten/,
  );
  await make(() => {
    const redis = new ElastiCacheRedis("redis", args);
    expect(() => redis.urlFile("order")).toThrow(/no user "order"; add it/);
  });
});
