import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";

const shop = {
  kind: "ec2",
  name: "shop",
  region: "eu-central-1",
  account: "123456789012",
  agents: { min: 3, max: 9 },
};
const parse = (cluster: object, variables: NodeJS.ProcessEnv = {}) =>
  parseSettings({ environment: "staging", cluster }, "ec2", variables).cluster;

test("five keys are a cluster of three servers in three zones", () => {
  expect(parse(shop)).toMatchObject({
    kind: "ec2",
    name: "shop",
    plan: {
      architecture: "amd64",
      servers: [{ address: "10.0.0.10" }, { address: "10.0.32.10" }, { address: "10.0.64.10" }],
    },
  });
});

test("another context would delete its machines, and is refused", () => {
  expect(() => parse(shop, { TRADESTACK_CONTEXT: "other" })).toThrow(/makes its own cluster.*deleted/);
});

test.each<[string, object, RegExp]>([
  ["no region", { ...shop, region: undefined }, /^tradestack:cluster\.region is missing; name the region/],
  [
    "no account",
    { ...shop, account: undefined },
    /^tradestack:cluster\.account is missing; write the account/,
  ],
  [
    "no agents",
    { ...shop, agents: undefined },
    /^tradestack:cluster\.agents\.min is missing; write the fewest/,
  ],
  [
    "a mistyped key",
    { ...shop, regoin: "x" },
    /cluster\.regoin is not a setting \(did you mean "region"\?\)/,
  ],
  ["a mistyped part", { ...shop, agents: { min: 1, mx: 2 } }, /cluster\.agents\.mx .*mean "max"/],
  ["two servers", { ...shop, servers: 2 }, /^tradestack:cluster\.servers: 2 cannot be: write 1 or 3/],
  ["pods among machines", { ...shop, podCidr: "10.0.0.0/16" }, /cluster\.podCidr: 10\.0\.0\.0\/16 overlaps/],
  ["an unknown part of k3s", { ...shop, disable: ["treafik"] }, /cluster\.disable: .*mean "traefik"/],
])("%s is refused", (_, cluster, message) => {
  expect(() => parse(cluster)).toThrow(message);
});
