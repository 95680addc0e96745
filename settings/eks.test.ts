import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";

const cluster = { kind: "eks", name: "shop", region: "eu-central-1", account: "123456789012" };
const general = { instanceTypes: ["m7i.large"], min: 3, max: 9 };
const parse = (changes: object, variables: NodeJS.ProcessEnv = {}) =>
  parseSettings({ environment: "dev", cluster: { ...cluster, ...changes } }, "dev", variables).cluster;

test("three keys are enough, and the plan follows", () => {
  expect(parse({})).toMatchObject({
    kind: "eks",
    name: "shop",
    args: { region: "eu-central-1", account: "123456789012" },
    plan: { zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"], nodeGroups: [] },
  });
});

test("what the stack says gets there", () => {
  const said = {
    version: "1.34",
    cidr: "10.20.0.0/16",
    serviceCidr: "172.21.0.0/16",
    connectedCidrs: ["10.0.0.0/16"],
    zones: ["eu-central-1b", "eu-central-1c"],
    singleNat: true,
    publicAccessCidrs: ["203.0.113.0/24"],
    admins: ["arn:aws:iam::123456789012:role/a"],
    viewers: ["arn:aws:iam::123456789012:role/b"],
    logDays: 365,
    deletionProtection: false,
  };
  const nodeGroups = { general: { ...general, diskGiB: 80, spot: true } };
  expect(parse({ ...said, nodeGroups })).toMatchObject({
    args: { ...said, nodeGroups: [{ name: "general", ...general, diskGiB: 80, spot: true }] },
  });
});

test.each<[object, RegExp]>([
  [{ name: undefined }, /^tradestack:cluster\.name is missing; name the cluster, such as tradestack-prod/],
  [{ region: undefined }, /^tradestack:cluster\.region is missing/],
  [{ account: undefined }, /^tradestack:cluster\.account is missing; write the 12 digits/],
  [{ account: 123456789012 }, /^tradestack:cluster\.account: 123456789012 is not a text/],
  [{ zone: ["eu-central-1a"] }, /^tradestack:cluster\.zone is not a setting \(did you mean "zones"\?\)/],
  [{ context: "shop" }, /^tradestack:cluster\.context is not a setting/],
  [{ zones: "eu-central-1a" }, /\.zones: "eu-central-1a" is not a list of texts; write it like \[a, b\]/],
  [{ zones: [] }, /^tradestack:cluster\.zones: a cluster cannot be in 0 zones/],
  [
    { cidr: "172.20.0.0/16" },
    /^tradestack:cluster\.serviceCidr: 172\.20\.0\.0\/16 overlaps tradestack:cluster\.cidr/,
  ],
  [
    { nodeGroups: { general: { min: 1, max: 2 } } },
    /nodeGroups\.general: a group has instanceTypes, min and max/,
  ],
  [{ nodeGroups: { general: { ...general, type: "x" } } }, /nodeGroups\.general\.type is not a setting/],
  [
    { nodeGroups: { general: { ...general, instanceTypes: ["m7y.large"] } } },
    /^tradestack:cluster\.nodeGroups\.general\.instanceTypes\[0\]: "m7y\.large" is of no known family; write m7/,
  ],
])("%j is refused", (changes, message) => expect(() => parse(changes)).toThrow(message));

test("no other cluster takes its place, for its own would go", () => {
  expect(() => parse({}, { TRADESTACK_CONTEXT: "kind" })).toThrow(
    /this stack makes its own cluster, and with --context kind it would be deleted/,
  );
});

test("a certificate that AWS keeps is for a host, and the only one", () => {
  const certificateArn =
    "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";
  const ingress = (section: object) =>
    parseSettings({ environment: "dev", cluster, ingress: section }, "dev", {}).ingress;
  expect(ingress({ host: "shop.example.com", certificateArn })).toMatchObject({ certificateArn });
  expect(() => ingress({ certificateArn })).toThrow(
    /ingress\.host is missing; a certificate \(certificateArn\)/,
  );
  expect(() => ingress({ host: "a", certificateArn: "mine" })).toThrow(
    /"mine" is no certificate of ACM; write it/,
  );
  expect(() => ingress({ host: "a", certificateArn, tlsSecret: "tls" })).toThrow(
    /two certificates; remove one/,
  );
});
