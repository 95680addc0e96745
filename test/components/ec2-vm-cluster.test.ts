import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Ec2VmClusterArgs } from "../../components/clusters/vm/ec2/args.ts";
import { Ec2VmCluster } from "../../components/clusters/vm/ec2/cluster.ts";
import { planEc2 } from "../../components/clusters/vm/ec2/plan.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { RULES } from "../../policy/rules/index.ts";
import { type Made, make } from "./support.ts";

const args: Ec2VmClusterArgs = {
  secret: Buffer.alloc(32, 7).toString("base64"),
  region: "eu-central-1",
  account: "123456789012",
  agents: { min: 2, max: 6 },
  imageId: "ami-0123456789abcdef0",
};
/** What only AWS knows. */
const computed = {
  "aws:lb/loadBalancer:LoadBalancer": { dnsName: "shop-api.elb.eu-central-1.amazonaws.com" },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 7 },
};
const made = (changes: Partial<Ec2VmClusterArgs> = {}) =>
  make(
    () => {
      new Ec2VmCluster("shop", { ...args, ...changes });
    },
    {},
    {},
    computed,
  );
/** What resources of a type were made from, by name. */
const all = ({ resources }: Made, type: string) =>
  Object.fromEntries(
    resources
      .filter((resource) => resource.type.endsWith(`:${type}`))
      .map(({ name, inputs }) => [name, inputs]),
  );

const standard = await made({ connectedCidrs: ["10.200.0.0/16"], webCidrs: ["0.0.0.0/0"] });
const small = await made({
  servers: 1,
  serverType: "m8g.large",
  agents: { instanceType: "m8g.large", min: 1, max: 1 },
});

describe("machines", () => {
  const servers = all(standard, "Instance");
  const template = all(standard, "LaunchTemplate")["shop-agents"];

  test("three servers are in three zones, at addresses that all know beforehand", () => {
    const interfaces = Object.values(all(standard, "NetworkInterface"));
    expect(interfaces.map(({ privateIps }) => privateIps)).toEqual([
      ["10.0.0.10"],
      ["10.0.32.10"],
      ["10.0.64.10"],
    ]);
    expect(new Set(interfaces.map(({ subnetId }) => subnetId)).size).toBe(3);
    expect(servers["shop-server-2"]?.primaryNetworkInterface).toEqual({
      networkInterfaceId: "shop-server-2-id",
    });
  });

  test("their credentials and user data are out of the reach of pods, and their disks are encrypted", () => {
    for (const machine of [...Object.values(servers), template]) {
      expect(machine?.metadataOptions).toMatchObject({ httpTokens: "required", httpPutResponseHopLimit: 1 });
      expect(machine).not.toHaveProperty("keyName");
    }
    for (const server of Object.values(servers))
      expect(server.rootBlockDevice).toMatchObject({ encrypted: true });
    expect(template?.blockDeviceMappings).toMatchObject([{ ebs: { encrypted: "true" } }]);
  });

  test("they join through the load balancer, which their certificates know", () => {
    const written = (userData: unknown): { path: string; content: string }[] =>
      parse(String(userData)).write_files;
    const agent = Buffer.from(String(template?.userData), "base64").toString();
    const role = written(agent).find(({ path }) => path.endsWith("role.yaml"));
    const address = "shop-api.elb.eu-central-1.amazonaws.com";
    expect(parse(role?.content ?? "").server).toBe(`https://${address}:6443`);
    const config = written(servers["shop-server-1"]?.userData)[0]?.content ?? "";
    expect(parse(config)["tls-san"]).toEqual([address, "10.0.0.10", "10.0.32.10", "10.0.64.10"]);
  });

  test("there are more agents under load, and none is taken away with what is on its disk", () => {
    const group = all(standard, "Group")["shop-agents"];
    expect(group).toMatchObject({ minSize: 2, maxSize: 6, launchTemplate: { version: "7" } });
    expect(all(standard, "Policy")["shop-agents"]).toMatchObject({
      autoscalingGroupName: "shop-agents",
      targetTrackingConfiguration: { targetValue: 60, disableScaleIn: true },
    });
  });

  test("k3s is the one for their processors", () => {
    expect(String(all(small, "Instance")["shop-server-1"]?.userData)).toContain("/k3s-arm64' ");
  });
});

describe("the network", () => {
  const openings = Object.values(all(standard, "SecurityGroupIngressRule"));

  test("the API is reached from within, and through no address of the internet", () => {
    expect(all(standard, "LoadBalancer")["shop-api"]).toMatchObject({ internal: true });
    const api = openings.filter(({ fromPort, cidrIpv4 }) => fromPort === 6443 && cidrIpv4 !== undefined);
    expect(api.map(({ cidrIpv4 }) => cidrIpv4)).toEqual(["10.0.0.0/16", "10.200.0.0/16"]);
  });

  test("the internet reaches the web's ports of the load balancer, and nothing else", () => {
    const open = openings.filter(({ cidrIpv4 }) => cidrIpv4 === "0.0.0.0/0");
    expect(open.map(({ fromPort, toPort, securityGroupId }) => [fromPort, toPort, securityGroupId])).toEqual([
      [80, 80, "shop-web-id"],
      [443, 443, "shop-web-id"],
    ]);
    for (const group of Object.values(all(standard, "SecurityGroup")))
      expect(group).not.toHaveProperty("ingress");
  });

  test("without ranges there is no load balancer for the web", () => {
    expect(Object.keys(all(small, "LoadBalancer"))).toEqual(["shop-api"]);
  });

  test("each target is asked for connections, not for where they come from", () => {
    for (const target of Object.values(all(standard, "TargetGroup"))) {
      expect(target).toMatchObject({ protocol: "TCP", preserveClientIp: "false" });
    }
  });
});

test("all of it keeps every policy for production", () => {
  const resources = standard.resources.map(({ type, name, inputs }) => ({
    urn: "",
    type,
    name,
    inputs: JSON.parse(JSON.stringify(inputs)) as JsonObject,
    dependencies: [],
  }));
  const judged = (changes: JsonObject) =>
    evaluate(
      RULES,
      {
        manifests: [],
        resources: resources.map((one) =>
          one.type === "aws:ec2/instance:Instance" ? { ...one, inputs: { ...one.inputs, ...changes } } : one,
        ),
      },
      { environment: "prod", digestsAtDeployment: false },
    ).findings.map(({ rule }) => rule);
  expect(judged({})).toEqual([]);
  // They do look at it.
  expect(judged({ rootBlockDevice: {} })).toContain("aws-encrypted-volumes");
});

test.each<[string, Partial<Ec2VmClusterArgs>, RegExp]>([
  ["two servers", { servers: 2 }, /^Ec2VmCluster "shop"\.servers: 2 cannot be: write 1 or 3/],
  ["no agents", { agents: { min: 0, max: 0 } }, /agents\.max: 0 cannot be: write a whole number from 1/],
  ["more than there can be", { agents: { min: 5, max: 2 } }, /agents\.min: 5 cannot be: .* from 0 to 2/],
  ["a type that is none", { serverType: "m7i.lrge" }, /m7i\.lrge.*write m7i\.large/],
  ["two processors", { serverType: "m8g.large" }, /m7i\.large is amd64 and m8g\.large is arm64/],
  ["no account", { account: "shop" }, /account: "shop" cannot be: write the account's 12 digits/],
  ["a small disk", { serverDiskGiB: 5 }, /serverDiskGiB: 5 cannot be: write a whole number from 10/],
  ["the internet at the API", { connectedCidrs: ["0.0.0.0/0"] }, /connectedCidrs\[0\].*0\.0\.0\.0\/0/],
  ["half a range", { webCidrs: ["203.0.113.0"] }, /webCidrs\[0\]: "203\.0\.113\.0" cannot be/],
])("%s is refused", (_, changes, message) => {
  expect(() => planEc2("shop", { ...args, ...changes })).toThrow(message);
});

test("a name that load balancers cannot have is refused", () => {
  expect(() => planEc2("a".repeat(25), args)).toThrow(/\.name: "a+" cannot be: .*24 at most/);
});
