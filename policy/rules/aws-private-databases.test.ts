import { expect, test } from "vitest";
import { cloud, judgeCloud } from "../test/objects.ts";
import { awsPrivateDatabases } from "./aws-private-databases.ts";

const TYPES = [
  "aws:rds/instance:Instance",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:mq/broker:Broker",
];

test.each(TYPES)("%s has no public address", (type) => {
  expect(judgeCloud(awsPrivateDatabases, cloud(type, "order", { publiclyAccessible: false }))).toEqual([]);
  expect(judgeCloud(awsPrivateDatabases, cloud(type, "order", {}))).toEqual([]);
  expect(judgeCloud(awsPrivateDatabases, cloud(type, "order", { publiclyAccessible: true }))).toMatchObject([
    { resource: `${type} order`, path: "publiclyAccessible" },
  ]);
});
