import { describe, expect, test } from "vitest";
import { EVERYWHERE, publicRanges } from "./access.ts";
import type { EksClusterArgs } from "./args.ts";
import { planEks } from "./check.ts";
import { architectureOf, commonArchitecture } from "./instance-types.ts";
import { clusterPolicies, nodePolicies, trust } from "./policies.ts";
import { registryOf } from "./repositories.ts";
import { domainOf, partitionOf, zonesOf } from "./zones.ts";

const ROLE = "arn:aws:iam::123456789012:role/platform";
const args: EksClusterArgs = { region: "eu-central-1", account: "123456789012" };
const group = { name: "general", instanceTypes: ["m7i.large"], min: 3, max: 9 };

test("a cluster needs no more than a region and an account", () => {
  expect(planEks("shop", args)).toMatchObject({
    cidr: "10.0.0.0/16",
    serviceCidr: "172.20.0.0/16",
    dnsAddress: "172.20.0.10",
    zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    publicAccess: [],
    nodeGroups: [],
    architectures: ["amd64"],
  });
});

test("images are for the processors that nodes have", () => {
  const arm = { ...group, name: "arm", instanceTypes: ["m8g.large", "m7g.large"] };
  expect(planEks("shop", { ...args, nodeGroups: [arm] }).architectures).toEqual(["arm64"]);
  expect(planEks("shop", { ...args, nodeGroups: [arm, group] }).architectures).toEqual(["arm64", "amd64"]);
});

test.each<[Partial<EksClusterArgs>, RegExp]>([
  [{ region: "Frankfurt" }, /\.region: "Frankfurt" is no region; write it like eu-central-1/],
  [{ account: "1234" }, /\.account: "1234" is no AWS account; write its 12 digits, in quotes/],
  [
    { version: "v1.35.1" },
    /\.version: "v1\.35\.1" is no version of Kubernetes at EKS; write it like "1\.35"/,
  ],
  [{ zones: [] }, /\.zones: a cluster cannot be in 0 zones; name 2 to 6, such as eu-central-1a, eu-/],
  [{ zones: ["eu-central-1a"] }, /cannot be in 1 zones/],
  [{ zones: ["eu-central-1a", "eu-central-1a"] }, /zones\[1\]: eu-central-1a is named twice/],
  [
    { zones: ["eu-central-1a", "eu-west-1b"] },
    /zones\[1\]: "eu-west-1b" is no availability zone of eu-central-1/,
  ],
  [{ cidr: "10.0.0.0/24" }, /\.cidr: "10\.0\.0\.0\/24" is too small/],
  [{ cidr: "172.20.0.0/16" }, /\.serviceCidr: 172\.20\.0\.0\/16 overlaps shop\.cidr/],
  [
    { connectedCidrs: ["10.0.0.0/8"] },
    /\.connectedCidrs\[0\]: 10\.0\.0\.0\/8 overlaps shop\.cidr \(10\.0\.0\.0\/16\)/,
  ],
  [{ admins: ["platform"] }, /\.admins\[0\]: "platform" is neither an IAM role nor a user/],
  [{ admins: ["arn:aws:iam::123456789012:root"] }, /is neither an IAM role nor a user/],
  [
    { admins: ["arn:aws:sts::123456789012:assumed-role/platform/me"] },
    /is a session; write its role: arn:aws:iam::123456789012:role\/platform/,
  ],
  [{ admins: [ROLE, ROLE] }, /\.admins\[1\]: .* is named twice/],
  [{ admins: [ROLE], viewers: [ROLE] }, /\.viewers: .* is one of the admins already/],
  [{ publicAccessCidrs: ["0.0.0.0/0"] }, /lets the whole internet at the API server; .* write everywhere/],
  [{ logDays: 42 }, /\.logDays: CloudWatch does not know 42 days; write one of 1, 3/],
  [{ nodeGroups: [{ ...group, min: 10 }] }, /\.nodeGroups\.general: min \(10\) is above max \(9\)/],
  [{ nodeGroups: [{ ...group, max: 0.5 }] }, /\.general\.max: 0\.5 is not a whole number from 1/],
  [{ nodeGroups: [{ ...group, diskGiB: 5 }] }, /\.general\.diskGiB: 5 is not a whole number from 20/],
  [{ nodeGroups: [{ ...group, min: 0 }] }, /every group may be empty/],
  [{ nodeGroups: [group, group] }, /\.general: two groups have this name/],
  [{ nodeGroups: [{ ...group, name: "General" }] }, /"General" cannot be a name here/],
  [{ nodeGroups: [{ ...group, instanceTypes: [] }] }, /instanceTypes: there is no type of instance/],
])("refuses %j", (changes, message) => {
  expect(() => planEks("shop", { ...args, ...changes }, "shop")).toThrow(message);
});

test("a name has room for what is derived from it", () => {
  expect(() => planEks("a".repeat(33), args)).toThrow(/use up to 32 small letters/);
  expect(() => planEks("Shop", args)).toThrow(/^EksCluster "Shop"\.name: "Shop" cannot be a name here/);
});

describe("zones", () => {
  test("are three of the region", () => {
    expect(zonesOf("zones", "ap-northeast-1")).toEqual([
      "ap-northeast-1a",
      "ap-northeast-1c",
      "ap-northeast-1d",
    ]);
    expect(() => zonesOf("zones", "us-west-1")).toThrow(/^zones is missing; accounts differ in the zones/);
    expect(() => zonesOf("zones", "us-west-2", ["us-west-2a", "us-west-2-lax-1a"])).toThrow(
      /no availability zone/,
    );
  });

  test("lie in a part of AWS", () => {
    expect(["eu-west-1", "us-gov-west-1", "cn-north-1"].map(partitionOf)).toEqual([
      "aws",
      "aws-us-gov",
      "aws-cn",
    ]);
    expect(domainOf("cn-north-1")).toBe("amazonaws.com.cn");
    expect(registryOf("shop", "eu-west-1", "123456789012")).toBe(
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop",
    );
  });
});

describe("types of instances", () => {
  test("have a processor", () => {
    expect(architectureOf("type", "m7i-flex.2xlarge")).toBe("amd64");
    expect(architectureOf("type", "c8gn.metal-24xl")).toBe("arm64");
  });

  test.each([
    ["m7j.large", /^type: "m7j\.large" is of no known family; write m7[a-z]\.large/],
    ["m7i.lage", /is of no known size; write m7i\.large/],
    ["m7i.7xlarge", /is of no known size; write m7i\.\d*xlarge/],
    ["t3.small", /is too small for a node; write t3\.medium or a larger one/],
    ["large", /is no type of instance; write it like m7i\.large/],
    ["quantum-computer.large", /is of no known family; write one like m7i\.large/],
  ])("refuses %s", (type, message) => expect(() => architectureOf("type", type)).toThrow(message));

  test("of a group have the same", () => {
    expect(() => commonArchitecture("types", ["m7i.large", "m7g.large"])).toThrow(
      /^types\[1\]: m7g\.large is arm64 and m7i\.large is amd64; make a group for each/,
    );
  });
});

describe("public access", () => {
  test("is for ranges of the internet, and for all of it by an explicit word", () => {
    expect(publicRanges("ranges", [])).toEqual([]);
    expect(publicRanges("ranges", ["203.0.113.0/24"])).toEqual(["203.0.113.0/24"]);
    expect(publicRanges("ranges", [EVERYWHERE])).toEqual(["0.0.0.0/0"]);
  });

  test.each([
    [["203.0.113.0/24", EVERYWHERE], /"everywhere" makes the other ranges useless/],
    [["203.0.113.7"], /ranges\[0\]: "203\.0\.113\.7" is no range of addresses/],
    [["10.0.0.0/8"], /is not public: nobody comes from there/],
    [["192.0.0.0/2"], /is not public/],
  ])("refuses %j", (ranges, message) => expect(() => publicRanges("ranges", ranges)).toThrow(message));
});

test("rights are those that EKS documents, without one for everything", () => {
  const policies = [true, false].flatMap((auto) => [
    ...clusterPolicies("aws", auto),
    ...nodePolicies("aws", auto),
  ]);
  for (const arn of policies) expect(arn).toMatch(/^arn:aws:iam::aws:policy\/AmazonE(KS|C2Container)\w+$/);
  expect(policies.join()).not.toMatch(/Full|Admin|PowerUser/);
  expect(JSON.parse(trust("pods.eks.amazonaws.com", { sessionTags: true })).Statement).toEqual([
    {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Principal: { Service: "pods.eks.amazonaws.com" },
    },
  ]);
});
