import type { VpcArgs } from "@pulumi/aws/ec2/vpc.js";
import type { ComponentResource, Output } from "@pulumi/pulumi";
import {
  DefaultSecurityGroup,
  Eip,
  FlowLog,
  InternetGateway,
  LogGroup,
  NatGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  Subnet,
  Vpc,
  VpcEndpoint,
} from "../../aws.ts";
import { type Transform, transformed } from "../../transform.ts";
import { flowLogPolicy, trust } from "./policies.ts";
import { makeRole } from "./role.ts";
import type { ZoneSubnets } from "./subnets.ts";

/** What a cluster's network is made from. */
export interface NetworkArgs {
  readonly region: string;
  readonly account: string;
  readonly cidr: string;
  readonly zones: readonly string[];
  /** The subnets of each zone. */
  readonly subnets: readonly ZoneSubnets[];
  readonly singleNat: boolean;
  readonly logDays: number;
  /** Whether logs stay when the network goes. Default: they do. */
  readonly keep?: boolean;
  /** Changes single children. */
  readonly transform?: { readonly vpc?: Transform<VpcArgs> };
}

/** A cluster's network. */
export interface ClusterNetwork {
  readonly vpcId: Output<string>;
  readonly publicSubnetIds: Output<string>[];
  readonly privateSubnetIds: Output<string>[];
  readonly dataSubnetIds: Output<string>[];
  /** What a node needs before it can start: the way out. */
  readonly routes: Route[];
}

/**
 * Makes a VPC with a public and a private subnet in each zone, and one for databases. What is in a private one reaches
 * the internet through a NAT gateway, and nobody there reaches it; databases reach nobody.
 */
export function makeNetwork(parent: ComponentResource, name: string, args: NetworkArgs): ClusterNetwork {
  const child = { parent };
  const tagged = (part: string) => ({ Name: `${name}-${part}` });
  const vpc = new Vpc(
    `${name}-vpc`,
    transformed(
      { cidrBlock: args.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      args.transform?.vpc,
    ),
    child,
  );
  // The group that AWS makes with every VPC lets its members at each other: emptied, nobody gets in by mistake.
  new DefaultSecurityGroup(`${name}-closed`, { vpcId: vpc.id, tags: tagged("closed") }, child);
  makeFlowLog(parent, name, vpc, args);

  const gateway = new InternetGateway(`${name}-gateway`, { vpcId: vpc.id, tags: { Name: name } }, child);
  const publicTable = new RouteTable(`${name}-public`, { vpcId: vpc.id, tags: tagged("public") }, child);
  const publicRoute = new Route(
    `${name}-public`,
    { routeTableId: publicTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    child,
  );
  const publicSubnets = args.zones.map((zone, index) => {
    const subnet = new Subnet(
      `${name}-public-${zone}`,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subnetsOf(args, index).public,
        // By this tag the load balancer controller finds where load balancers for the internet go.
        tags: { ...tagged(`public-${zone}`), "kubernetes.io/role/elb": "1" },
      },
      child,
    );
    associate(parent, `${name}-public-${zone}`, subnet, publicTable);
    return subnet;
  });

  const nats = publicSubnets.slice(0, args.singleNat ? 1 : undefined).map((subnet, index) => {
    const zone = `${name}-nat-${args.zones[index]}`;
    const address = new Eip(zone, { domain: "vpc", tags: { Name: zone } }, child);
    return new NatGateway(
      zone,
      { subnetId: subnet.id, allocationId: address.allocationId, tags: { Name: zone } },
      { parent, dependsOn: [publicRoute] },
    );
  });
  const privateRoutes: Route[] = [];
  const privateTables: RouteTable[] = [];
  const privateSubnets = args.zones.map((zone, index) => {
    const subnet = new Subnet(
      `${name}-private-${zone}`,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subnetsOf(args, index).private,
        tags: { ...tagged(`private-${zone}`), "kubernetes.io/role/internal-elb": "1" },
      },
      child,
    );
    const table = new RouteTable(
      `${name}-private-${zone}`,
      { vpcId: vpc.id, tags: tagged(`private-${zone}`) },
      child,
    );
    privateTables.push(table);
    const nat = nats[index] ?? nats[0];
    if (nat !== undefined) {
      privateRoutes.push(
        new Route(
          `${name}-private-${zone}`,
          { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
          child,
        ),
      );
    }
    associate(parent, `${name}-private-${zone}`, subnet, table);
    return subnet;
  });
  // Layers of images and backups are there; by this way they cost nothing, and leave the VPC by no gateway.
  new VpcEndpoint(
    `${name}-s3`,
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${args.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: privateTables.map((table) => table.id),
      tags: tagged("s3"),
    },
    child,
  );
  const dataTable = new RouteTable(`${name}-data`, { vpcId: vpc.id, tags: tagged("data") }, child);
  const dataSubnets = args.zones.map((zone, index) => {
    const subnet = new Subnet(
      `${name}-data-${zone}`,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subnetsOf(args, index).data,
        tags: tagged(`data-${zone}`),
      },
      child,
    );
    associate(parent, `${name}-data-${zone}`, subnet, dataTable);
    return subnet;
  });
  return {
    vpcId: vpc.id,
    publicSubnetIds: publicSubnets.map((subnet) => subnet.id),
    privateSubnetIds: privateSubnets.map((subnet) => subnet.id),
    dataSubnetIds: dataSubnets.map((subnet) => subnet.id),
    routes: privateRoutes,
  };
}

function subnetsOf({ zones, subnets }: NetworkArgs, index: number): ZoneSubnets {
  const planned = subnets[index];
  if (planned === undefined) throw new Error(`no subnets are planned for zone ${zones[index]}`);
  return planned;
}

function associate(parent: ComponentResource, name: string, subnet: Subnet, table: RouteTable): void {
  new RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: table.id }, { parent });
}

/** Who spoke to whom, and who was kept from it: without it nobody can tell after a break-in. */
function makeFlowLog(parent: ComponentResource, name: string, vpc: Vpc, args: NetworkArgs): void {
  const { account, logDays, keep = true } = args;
  const group = new LogGroup(
    `${name}-flow`,
    { namePrefix: `/aws/vpc/${name}/flow-`, retentionInDays: logDays },
    { parent, retainOnDelete: keep },
  );
  const { role, grants } = makeRole(parent, `${name}-flow`, {
    description: `Writes the flow logs of ${name}`,
    trust: trust("vpc-flow-logs.amazonaws.com", { account }),
    policy: group.arn.apply(flowLogPolicy),
  });
  new FlowLog(
    `${name}-flow`,
    { vpcId: vpc.id, trafficType: "ALL", logDestination: group.arn, iamRoleArn: role.arn },
    { parent, dependsOn: grants },
  );
}
