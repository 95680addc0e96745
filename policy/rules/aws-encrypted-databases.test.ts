import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { cloud, judgeCloud } from "../test/objects.ts";
import { awsEncryptedDatabases } from "./aws-encrypted-databases.ts";

const RDS = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

test.each<[string, JsonObject]>([
  [RDS, { storageEncrypted: true }],
  [RDS, { storageEncrypted: null }],
  [RDS, { replicateSourceDb: "order" }],
  ["aws:rds/cluster:Cluster", { storageEncrypted: true }],
  [CACHE, { atRestEncryptionEnabled: true, transitEncryptionEnabled: true }],
  ["aws:mq/broker:Broker", {}],
])("%s %j passes", (type, inputs) => {
  expect(judgeCloud(awsEncryptedDatabases, cloud(type, "order", inputs))).toEqual([]);
});

test.each<[string, JsonObject, string]>([
  [RDS, {}, "storageEncrypted"],
  [RDS, { storageEncrypted: false }, "storageEncrypted"],
  ["aws:rds/cluster:Cluster", {}, "storageEncrypted"],
  ["aws:docdb/cluster:Cluster", {}, "storageEncrypted"],
  [CACHE, { atRestEncryptionEnabled: true }, "transitEncryptionEnabled"],
])("%s %j is refused", (type, inputs, path) => {
  expect(judgeCloud(awsEncryptedDatabases, cloud(type, "order", inputs))).toMatchObject([
    { resource: `${type} order`, path, message: expect.stringContaining(`set ${path}: true`) },
  ]);
});
