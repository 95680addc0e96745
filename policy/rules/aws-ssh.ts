import { asNumber, asObjects, asText, asTexts } from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type CloudResource, cloudTitle, type Rule } from "../rule.ts";

const SSH = 22;
/** Protocols that include TCP, as security groups write them. */
const TCP = new Set(["tcp", "6", "-1", "all"]);
/** Wider ranges than these belong to nobody in particular: 0.0.0.0/0 is as bad cut in two. */
const NARROWEST = { ipv4: 8, ipv6: 16 };

/** What an ingress rule of a security group opens. */
interface Opening {
  readonly path: string;
  readonly rule: JsonObject;
  readonly protocol: Json | undefined;
  readonly ranges: readonly string[];
}

/** Whatever answers on port 22 is tried by the whole internet within minutes. */
export const awsSsh: Rule = {
  name: "aws-ssh",
  description: "No security group lets everybody reach SSH.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ resources }) =>
    resources.flatMap((resource) =>
      openingsOf(resource)
        .filter(({ rule, protocol }) => reachesSsh(rule, protocol))
        .flatMap(({ path, ranges }) =>
          ranges.filter(isEverybody).map((range) => ({
            resource: cloudTitle(resource),
            path,
            message: `${range} may reach SSH (port ${SSH}); name the addresses that need it, or use SSM Session Manager and leave the port closed`,
          })),
        ),
    ),
};

function openingsOf({ type, inputs }: CloudResource): Opening[] {
  if (type === "aws:ec2/securityGroup:SecurityGroup") {
    return asObjects(inputs.ingress).map((rule, index) => opening(`ingress[${index}]`, rule));
  }
  if (type === "aws:ec2/securityGroupRule:SecurityGroupRule") {
    return inputs.type === "ingress" ? [opening("cidrBlocks", inputs)] : [];
  }
  if (type !== "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") return [];
  const ranges = [inputs.cidrIpv4, inputs.cidrIpv6].map(asText).filter(Boolean);
  return [{ path: "cidrIpv4", rule: inputs, protocol: inputs.ipProtocol, ranges }];
}

const opening = (path: string, rule: JsonObject): Opening => ({
  path,
  rule,
  protocol: rule.protocol,
  ranges: [...asTexts(rule.cidrBlocks), ...asTexts(rule.ipv6CidrBlocks)],
});

function reachesSsh({ fromPort, toPort }: JsonObject, protocol: Json | undefined): boolean {
  const name = String(protocol).toLowerCase();
  if (!TCP.has(name)) return false;
  return name === "-1" || name === "all" || (asNumber(fromPort) <= SSH && SSH <= asNumber(toPort));
}

function isEverybody(range: string): boolean {
  const length = Number(range.split("/")[1] ?? Number.NaN);
  return length < (range.includes(":") ? NARROWEST.ipv6 : NARROWEST.ipv4);
}
