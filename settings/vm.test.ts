import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";

const alone = {
  kind: "vm",
  name: "edge",
  address: "10.0.1.21",
  servers: ["10.0.1.21"],
  nodeCidr: "10.0.1.0/24",
};
const three = {
  ...alone,
  name: "shop",
  address: "10.0.1.10",
  servers: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
  agents: ["10.0.1.31", "10.0.1.32"],
  balancers: ["10.0.1.8", "10.0.1.9"],
};
const parse = (cluster: object, variables: NodeJS.ProcessEnv = {}) =>
  parseSettings({ environment: "staging", cluster }, "vm", variables).cluster;

test("one machine is a cluster with nothing before it", () => {
  expect(parse(alone)).toMatchObject({
    kind: "vm",
    name: "edge",
    args: { address: "10.0.1.21", servers: ["10.0.1.21"], nodeCidr: "10.0.1.0/24" },
    balanced: undefined,
  });
});

test("the load balancers know who serves what", () => {
  const { servers, agents: workers, balancers } = three;
  expect(parse(three)).toMatchObject({ balanced: { address: "10.0.1.10", servers, workers, balancers } });
  expect(parse({ ...three, workloadsOnServers: true })).toMatchObject({
    balanced: { workers: [...servers, ...workers] },
  });
});

test("another context can stand in for it, as no resource of the stack is a machine", () => {
  expect(parse(three, { TRADESTACK_CONTEXT: "other" })).toEqual({ kind: "existing", context: "other" });
});

test.each<[string, object, RegExp]>([
  ["no name", { ...alone, name: undefined }, /^tradestack:cluster\.name is missing; name the cluster/],
  ["no address", { ...alone, address: undefined }, /^tradestack:cluster\.address is missing; write where/],
  [
    "no network",
    { ...alone, nodeCidr: undefined },
    /^tradestack:cluster\.nodeCidr is missing; write the mach/,
  ],
  ["no server", { ...alone, servers: undefined }, /^tradestack:cluster\.servers is missing/],
  [
    "a mistyped key",
    { ...alone, servers: undefined, severs: [] },
    /cluster\.severs is not a setting \(did you mean "servers"\?\)/,
  ],
  ["a mistyped part", { ...alone, release: { verson: "v1" } }, /cluster\.release\.verson .*mean "version"/],
  [
    "overlapping ranges",
    { ...alone, podCidr: "10.0.0.0/16" },
    /cluster\.podCidr: .*overlaps tradestack:cluster\.nodeCidr/,
  ],
  ["nobody to run pods", { ...three, agents: undefined }, /cluster\.agents is missing; .*workloadsOnServers/],
  [
    "an agent elsewhere",
    { ...three, agents: ["10.0.2.31"] },
    /cluster\.agents\[0\]: "10\.0\.2\.31" is no IPv4 address within/,
  ],
  [
    "an agent that is a server",
    { ...three, agents: ["10.0.1.22"] },
    /agents\[0\]: "10\.0\.1\.22" is servers\[1\] already/,
  ],
  [
    "a balancer that is an agent",
    { ...three, balancers: ["10.0.1.31"] },
    /balancers\[0\]: "10\.0\.1\.31" is agents\[0\] already/,
  ],
  [
    "three balancers",
    { ...three, balancers: ["10.0.1.7", "10.0.1.8", "10.0.1.9"] },
    /balancers: .* are too many/,
  ],
  [
    "a balancer past the address",
    { ...three, balancers: ["10.0.1.8"] },
    /balancers: .*elsewhere than address \(10\.0\.1\.10\)/,
  ],
  [
    "an address that moves and is a name",
    { ...three, address: "api.shop.test" },
    /balancers: standby\.virtualAddress: "api\.shop\.test\/24"/,
  ],
])("%s is refused", (_, cluster, message) => {
  expect(() => parse(cluster)).toThrow(message);
});
