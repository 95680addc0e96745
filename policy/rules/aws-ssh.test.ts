import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { cloud, judgeCloud } from "../test/objects.ts";
import { awsSsh } from "./aws-ssh.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const port = (from: number, to: number, protocol = "tcp") => ({ protocol, fromPort: from, toPort: to });
const ALL = { cidrBlocks: ["0.0.0.0/0"] };

test.each<[string, JsonObject]>([
  [GROUP, { ingress: [{ ...port(443, 443), ...ALL }] }],
  [GROUP, { ingress: [{ ...port(22, 22), cidrBlocks: ["203.0.113.7/32", "10.0.0.0/8"] }] }],
  [GROUP, { ingress: [{ ...port(0, 65535, "udp"), ...ALL }] }],
  [
    GROUP,
    { ingress: [{ ...port(22, 22), securityGroups: ["sg-1"] }], egress: [{ ...port(0, 0, "-1"), ...ALL }] },
  ],
  [GROUP, { ingress: [{ ...port(22, 22), cidrBlocks: [null] }] }],
  [RULE, { type: "egress", ...port(22, 22), ...ALL }],
  [INGRESS, { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "203.0.113.0/24" }],
])("%s %j passes", (type, inputs) => {
  expect(judgeCloud(awsSsh, cloud(type, "nodes", inputs))).toEqual([]);
});

test.each<[string, JsonObject, string]>([
  [GROUP, { ingress: [port(80, 80), { ...port(22, 22), ...ALL }] }, "ingress[1]"],
  [GROUP, { ingress: [{ ...port(0, 65535, "6"), ...ALL }] }, "ingress[0]"],
  [GROUP, { ingress: [{ ...port(0, 0, "-1"), ...ALL }] }, "ingress[0]"],
  [GROUP, { ingress: [{ ...port(22, 22), ipv6CidrBlocks: ["::/0"] }] }, "ingress[0]"],
  [GROUP, { ingress: [{ ...port(22, 22), cidrBlocks: ["128.0.0.0/1"] }] }, "ingress[0]"],
  [RULE, { type: "ingress", ...port(20, 30), ...ALL }, "cidrBlocks"],
  [INGRESS, { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }, "cidrIpv4"],
])("%s %j is refused", (type, inputs, path) => {
  expect(judgeCloud(awsSsh, cloud(type, "nodes", inputs))).toMatchObject([
    { resource: `${type} nodes`, path, message: expect.stringContaining("may reach SSH (port 22)") },
  ]);
});
