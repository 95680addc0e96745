import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { cloud, judgeCloud } from "../test/objects.ts";
import { awsPrivateBuckets } from "./aws-private-buckets.ts";

const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ALL = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const bucket = (inputs: JsonObject = {}) => cloud("aws:s3/bucket:Bucket", "backups", inputs);
const block = (inputs: JsonObject) => cloud(BLOCK, "backups-block", inputs, [bucket().urn]);

test("a bucket whose public access is blocked passes", () => {
  expect(judgeCloud(awsPrivateBuckets, bucket({ acl: "private" }), block(ALL))).toEqual([]);
});

test("a bucket without a block of its own is refused", () => {
  const others = cloud(BLOCK, "others-block", ALL, ["urn:another"]);
  expect(judgeCloud(awsPrivateBuckets, bucket(), others)).toMatchObject([
    { resource: "aws:s3/bucket:Bucket backups", message: expect.stringContaining("BucketPublicAccessBlock") },
  ]);
});

test.each(Object.keys(ALL))("%s has to be on", (name) => {
  const part = Object.fromEntries(Object.entries(ALL).filter(([key]) => key !== name));
  expect(judgeCloud(awsPrivateBuckets, bucket(), block(part))).toMatchObject([
    { resource: `${BLOCK} backups-block`, path: name },
  ]);
});

test("so is a public access list", () => {
  expect(judgeCloud(awsPrivateBuckets, bucket({ acl: "public-read" }), block(ALL))).toMatchObject([
    { path: "acl", message: "acl public-read publishes the bucket; remove it" },
  ]);
});
