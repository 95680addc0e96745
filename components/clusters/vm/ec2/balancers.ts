import type { ComponentResource, Input, Output, Resource } from "@pulumi/pulumi";
import { SecurityGroup, SecurityGroupIngressRule } from "../../../aws.ts";
import { API_PORT } from "../port.ts";
import { Listener, NetworkLoadBalancer, TargetGroup } from "./aws.ts";

/** Ports of the ingress controller. */
const WEB_PORTS = [80, 443];

/** Where clients come in, and which machines answer. */
export interface BalancerArgs {
  readonly vpcId: Output<string>;
  readonly subnetIds: Output<string>[];
  /** Group of the machines, which is opened for the load balancer alone. */
  readonly machineGroupId: Output<string>;
  /** Ranges that clients are in. */
  readonly cidrs: readonly string[];
  /** What has to be there before its own addresses are. */
  readonly needs: readonly Resource[];
}

/** A load balancer, and whom it shares connections out to. */
export interface Balancer {
  readonly dnsName: Output<string>;
  readonly targets: TargetGroup[];
}

/** The way to the API, from within the VPC and what is connected to it. */
export const makeApiBalancer = (parent: ComponentResource, name: string, args: BalancerArgs): Balancer =>
  makeBalancer(parent, `${name}-api`, [API_PORT], { ...args, internal: true });

/** The way to the web, from the internet. */
export const makeWebBalancer = (parent: ComponentResource, name: string, args: BalancerArgs): Balancer =>
  makeBalancer(parent, `${name}-web`, WEB_PORTS, { ...args, internal: false });

function makeBalancer(
  parent: ComponentResource,
  name: string,
  ports: readonly number[],
  args: BalancerArgs & { readonly internal: boolean },
): Balancer {
  const child = { parent };
  const group = new SecurityGroup(
    name,
    {
      vpcId: args.vpcId,
      description: `Load balancer ${name}`,
      // It has to reach the machines, and nobody else can make it speak.
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, securityGroups: [args.machineGroupId] }],
      tags: { Name: name },
    },
    child,
  );
  for (const port of ports) {
    for (const cidr of args.cidrs) {
      new SecurityGroupIngressRule(
        `${name}-${port}-${cidr}`,
        { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, cidrIpv4: cidr },
        child,
      );
    }
    new SecurityGroupIngressRule(
      `${name}-${port}-machines`,
      {
        securityGroupId: args.machineGroupId,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: group.id,
      },
      child,
    );
  }
  const balancer = new NetworkLoadBalancer(
    name,
    {
      name,
      loadBalancerType: "network",
      internal: args.internal,
      subnets: args.subnetIds,
      securityGroups: [group.id],
      enableCrossZoneLoadBalancing: true,
      tags: { Name: name },
    },
    { parent, dependsOn: [...args.needs] },
  );
  const targets = ports.map((port) => makePort(parent, `${name}-${port}`, port, balancer.arn, args.vpcId));
  return { dnsName: balancer.dnsName, targets };
}

function makePort(
  parent: ComponentResource,
  name: string,
  port: number,
  loadBalancerArn: Input<string>,
  vpcId: Input<string>,
): TargetGroup {
  const target = new TargetGroup(
    name,
    {
      name,
      vpcId,
      port,
      protocol: "TCP",
      targetType: "instance",
      // A machine that is shared out to itself would get packets from its own address, and drop them.
      preserveClientIp: "false",
      deregistrationDelay: 30,
      healthCheck: { protocol: "TCP", interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 },
      tags: { Name: name },
    },
    { parent },
  );
  new Listener(
    name,
    {
      loadBalancerArn,
      port,
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn: target.arn }],
    },
    { parent },
  );
  return target;
}
