import { expect, test } from "vitest";
import { Provider } from "../../components/aws.ts";
import { backupRights } from "../../components/managed/backup-rights.ts";
import { make } from "./support.ts";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/1";
const computed = { "aws:kms/key:Key": { arn: KEY } };
const bucket = { name: "example-backups", region: "eu-central-1", prefix: "shop", make: true };
const rights = (changes: Partial<typeof bucket> = {}) =>
  make(
    () => {
      const aws = new Provider("aws", { region: "eu-central-1" });
      const place = { namespace: "shop", region: "eu-central-1", bucket: { ...bucket, ...changes } };
      backupRights("shop", "shop", place, aws);
    },
    {},
    {},
    computed,
  );
const standard = await rights();
const all = ({ resources }: typeof standard, type: string) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
const statements = (made: typeof standard) => {
  const policy = made.resources.find(
    ({ name, type }) => type.endsWith(":RolePolicy") && name.includes("backup"),
  );
  return JSON.parse(String(policy?.inputs.policy)).Statement;
};

test("the bucket is closed, encrypted by its own key, and keeps for a while what is deleted", () => {
  expect(all(standard, "BucketPublicAccessBlock")).toMatchObject([
    { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ]);
  expect(all(standard, "BucketServerSideEncryptionConfiguration")).toMatchObject([
    {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY } }],
    },
  ]);
  expect(all(standard, "BucketVersioning")).toMatchObject([
    { versioningConfiguration: { status: "Enabled" } },
  ]);
  expect(all(standard, "BucketLifecycleConfiguration")).toMatchObject([
    { rules: [{ noncurrentVersionExpiration: { noncurrentDays: 30 } }] },
  ]);
  expect(JSON.parse(String(all(standard, "BucketPolicy")[0]?.policy)).Statement).toMatchObject([
    { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
});

test("the pods that save may touch their own prefix only", () => {
  expect(all(standard, "PodIdentityAssociation")).toMatchObject([
    { namespace: "shop", serviceAccount: "postgres-backup" },
  ]);
  expect(statements(standard)).toMatchObject([
    { Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::example-backups"] },
    { Resource: ["arn:aws:s3:::example-backups/shop/*"] },
    { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [KEY] },
  ]);
});

test("a bucket that is there already is left as it is", async () => {
  const made = await rights({ make: false, region: "eu-west-1" });
  expect(all(made, "Bucket")).toEqual([]);
  expect(statements(made)).toHaveLength(2);
});

test("no bucket is made in another region than the cluster", async () => {
  await expect(rights({ region: "eu-west-1" })).rejects.toThrow(
    /^tradestack:backups\.region: .* write eu-central-1, or makeBucket: false for one that is in eu-west-1/,
  );
});
