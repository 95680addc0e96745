import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { RdsPostgres, type RdsPostgresArgs } from "../../components/managed/rds-postgres.ts";
import { make } from "./support.ts";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/1";
const address = "shop-postgres.abc.eu-central-1.rds.amazonaws.com";
const args: RdsPostgresArgs = {
  identifier: "shop-postgres",
  namespace: "shop",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
  subnetCidrs: ["10.0.224.0/22", "10.0.228.0/22"],
  clientSecurityGroupId: "sg-nodes",
  authority: "-----BEGIN CERTIFICATE-----",
  adminPassword: pulumi.secret("pw-admin"),
  maxConnections: 300,
};
const made = (changes: Partial<RdsPostgresArgs> = {}) =>
  make(
    () => {
      new RdsPostgres("postgres", { ...args, ...changes });
    },
    {},
    {},
    { "aws:rds/instance:Instance": { address }, "aws:kms/key:Key": { arn: KEY } },
  );
const standard = await made();
const only = (type: string) => {
  const found = standard.resources.filter((resource) => resource.type === type);
  expect(found).toHaveLength(1);
  return found[0]?.inputs;
};

test("is encrypted, private, saved, and has a standby", () => {
  expect(only("aws:rds/instance:Instance")).toMatchObject({
    identifier: "shop-postgres",
    engine: "postgres",
    instanceClass: "db.m7g.large",
    multiAz: true,
    storageEncrypted: true,
    kmsKeyId: KEY,
    publiclyAccessible: false,
    backupRetentionPeriod: 14,
    deletionProtection: true,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: "shop-postgres-final",
    password: "pw-admin",
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
  });
});

test("takes encrypted connections only, and as many as services may open", () => {
  const { family, parameters } = only("aws:rds/parameterGroup:ParameterGroup") ?? {};
  expect(family).toBe("postgres17");
  expect(parameters).toEqual(
    expect.arrayContaining([
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
      { name: "max_connections", value: "300", applyMethod: "pending-reboot" },
    ]),
  );
});

test("lets the nodes in, and nobody else", () => {
  expect(only("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")).toMatchObject({
    referencedSecurityGroupId: "sg-nodes",
    ipProtocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
  });
  const firewall = only("aws:ec2/securityGroup:SecurityGroup");
  expect(firewall).not.toHaveProperty("ingress");
  expect(firewall).not.toHaveProperty("egress");
});

test("lets provisioning out to its subnets, and gives it password and authority", () => {
  expect(standard.one("NetworkPolicy").spec.egress).toContainEqual({
    to: [{ ipBlock: { cidr: "10.0.224.0/22" } }, { ipBlock: { cidr: "10.0.228.0/22" } }],
    ports: [{ protocol: "TCP", port: 5432 }],
  });
  expect(standard.one("Secret", "postgres-admin").stringData).toEqual({ password: "pw-admin" });
  expect(standard.one("Secret", "postgres-authority").stringData).toEqual({
    "ca.pem": "-----BEGIN CERTIFICATE-----",
  });
});

test("a class without the memory for that is refused", async () => {
  await expect(made({ instanceClass: "db.t4g.micro" })).rejects.toThrow(
    /^instanceClass: db\.t4g\.micro has memory for 112 connections, and the services may open 300/,
  );
});

test("what the arguments do not reach can be changed", async () => {
  const { resources } = await make(() => {
    new RdsPostgres("postgres", args, {
      transform: { instance: (built) => ({ ...built, backupWindow: "04:00-05:00" }) },
    });
  });
  const instance = resources.find(({ type }) => type === "aws:rds/instance:Instance");
  expect(instance?.inputs).toMatchObject({ backupWindow: "04:00-05:00", storageEncrypted: true });
});
