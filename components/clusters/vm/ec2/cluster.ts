import * as pulumi from "@pulumi/pulumi";
import { SecurityGroup, SecurityGroupIngressRule } from "../../../aws.ts";
import { type ChildOptions, childOptions } from "../../../child-transforms.ts";
import { makeNetwork } from "../../eks/network.ts";
import { VmCluster } from "../vm-cluster.ts";
import type { Ec2VmClusterArgs } from "./args.ts";
import { getParameterOutput, TargetGroupAttachment } from "./aws.ts";
import { makeApiBalancer, makeWebBalancer } from "./balancers.ts";
import { type MachineArgs, makeAgents, makeInterface, makeServer } from "./machines.ts";
import { INSTANCE_TYPE, planEc2 } from "./plan.ts";

const LOG_DAYS = 90;

/** Options of an {@link Ec2VmCluster} in TypeScript programs. */
export type Ec2VmClusterOptions = ChildOptions<
  "autoscalingGroup" | "launchTemplate" | "loadBalancer" | "machine" | "role" | "vpc"
>;

/**
 * A Kubernetes (k3s) on EC2: a {@link VmCluster}, its machines in a VPC of their own, and the load balancers before
 * them. The API is reached from within the VPC and what is connected to it; nobody logs in to a machine.
 *
 * @example
 * const cluster = new Ec2VmCluster("shop", {
 *   secret: keys.password("cluster"), region: "eu-central-1", account: "123456789012",
 *   agents: { min: 3, max: 9 }, connectedCidrs: ["10.200.0.0/16"], webCidrs: ["0.0.0.0/0"],
 * });
 * const provider = new kubernetes.Provider("shop", { kubeconfig: cluster.kubeconfig });
 */
export class Ec2VmCluster extends pulumi.ComponentResource {
  /** The administrator's kubeconfig, known before the machines are; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Host name of the load balancer for the web; empty where there is none. */
  readonly webHost: pulumi.Output<string>;

  constructor(name: string, args: Ec2VmClusterArgs, options?: Ec2VmClusterOptions) {
    super("tradestack:index:Ec2VmCluster", name, args, childOptions(options));
    const { region, account, agents, connectedCidrs = [], webCidrs = [], singleNat = false } = args;
    const plan = planEc2(name, args);
    const { cidr, zones, subnets, architecture } = plan;
    const child = { parent: this };
    const network = makeNetwork(this, name, {
      region,
      account,
      cidr,
      zones,
      subnets,
      singleNat,
      logDays: LOG_DAYS,
      keep: true,
    });
    const group = new SecurityGroup(
      `${name}-machines`,
      {
        vpcId: network.vpcId,
        description: `Machines of ${name}`,
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
        tags: { Name: `${name}-machines` },
      },
      child,
    );
    new SecurityGroupIngressRule(
      `${name}-machines-each-other`,
      { securityGroupId: group.id, ipProtocol: "-1", referencedSecurityGroupId: group.id },
      child,
    );
    const interfaces = plan.servers.map((server, index) =>
      makeInterface(
        this,
        `${name}-server-${index + 1}`,
        server,
        network.privateSubnetIds[server.zone] ?? "",
        group.id,
      ),
    );
    // A load balancer takes addresses of a subnet, too: not those of servers.
    const balanced = { vpcId: network.vpcId, machineGroupId: group.id, needs: interfaces };
    const api = makeApiBalancer(this, name, {
      ...balanced,
      subnetIds: network.privateSubnetIds,
      cidrs: [cidr, ...connectedCidrs],
    });
    const web =
      webCidrs.length === 0
        ? undefined
        : makeWebBalancer(this, name, { ...balanced, subnetIds: network.publicSubnetIds, cidrs: webCidrs });

    const cluster = new VmCluster(
      name,
      {
        secret: args.secret,
        address: api.dnsName,
        servers: plan.servers.map(({ address }) => address),
        nodeCidr: cidr,
        podCidr: args.podCidr,
        serviceCidr: args.serviceCidr,
        disable: args.disable,
        release: { ...args.release, architecture },
      },
      child,
    );
    const machine = {
      imageId: args.imageId ?? latestDebian(architecture, this),
      groupId: group.id,
      needs: network.routes,
    };
    const serverArgs: MachineArgs = {
      ...machine,
      instanceType: args.serverType ?? INSTANCE_TYPE,
      diskGiB: plan.serverDiskGiB,
    };
    for (const [index, primary] of interfaces.entries()) {
      const userData = cluster.serverUserData.apply((all) => all[index] ?? "");
      const server = makeServer(this, `${name}-server-${index + 1}`, primary, userData, serverArgs);
      for (const target of api.targets) {
        new TargetGroupAttachment(
          `${name}-server-${index + 1}`,
          { targetGroupArn: target.arn, targetId: server.id },
          child,
        );
      }
    }
    makeAgents(this, `${name}-agents`, cluster.agentUserData, {
      ...machine,
      cluster: name,
      instanceType: agents.instanceType ?? INSTANCE_TYPE,
      diskGiB: plan.agentDiskGiB,
      subnetIds: network.privateSubnetIds,
      min: agents.min,
      max: agents.max,
      targetArns: (web?.targets ?? []).map((target) => target.arn),
    });
    this.kubeconfig = cluster.kubeconfig;
    this.webHost = pulumi.output(web?.dnsName ?? "");
    this.registerOutputs({ kubeconfig: this.kubeconfig, webHost: this.webHost });
  }
}

/** The latest image that Debian itself publishes. */
function latestDebian(architecture: string, parent: pulumi.ComponentResource): pulumi.Output<string> {
  const name = `/aws/service/debian/release/12/latest/${architecture}`;
  return getParameterOutput({ name }, { parent }).value;
}
