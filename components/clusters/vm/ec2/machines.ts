import type { ComponentResource, Input, Output, Resource } from "@pulumi/pulumi";
import { LaunchTemplate } from "../../../aws.ts";
import { AutoscalingGroup, Instance, NetworkInterface, ScalingPolicy } from "./aws.ts";
import type { ServerPlace } from "./plan.ts";

/** Credentials of a machine are for itself alone: a pod is one hop further, and gets neither them nor user data. */
const METADATA = { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 };

/** Above this share of their processors, agents get another one beside them. */
const CPU_PERCENT = 60;

/** What machines of both kinds have. */
export interface MachineArgs {
  readonly imageId: Input<string>;
  readonly instanceType: string;
  readonly diskGiB: number;
  readonly groupId: Output<string>;
  /** What they need before they can start: the way out. */
  readonly needs: readonly Resource[];
}

/** Reserves a server's address, before anything else in the subnet is given it. */
export function makeInterface(
  parent: ComponentResource,
  name: string,
  { address }: ServerPlace,
  subnetId: Input<string>,
  groupId: Input<string>,
): NetworkInterface {
  return new NetworkInterface(
    name,
    { subnetId, privateIps: [address], securityGroups: [groupId], tags: { Name: name } },
    { parent },
  );
}

/** Makes a server. Nobody logs in there: it has no key, and no way in for SSH. */
export function makeServer(
  parent: ComponentResource,
  name: string,
  primary: NetworkInterface,
  userData: Output<string>,
  args: MachineArgs,
): Instance {
  return new Instance(
    name,
    {
      ami: args.imageId,
      instanceType: args.instanceType,
      primaryNetworkInterface: { networkInterfaceId: primary.id },
      metadataOptions: METADATA,
      rootBlockDevice: { volumeType: "gp3", volumeSize: args.diskGiB, encrypted: true, tags: { Name: name } },
      disableApiTermination: true,
      userData,
      tags: { Name: name },
    },
    {
      parent,
      protect: true,
      dependsOn: [...args.needs],
      // A server that is replaced takes its part of the data along, and one that is told something else is stopped for
      // it: both are done by hand, one server after the other.
      ignoreChanges: ["ami", "userData"],
    },
  );
}

/** What a group of agents is made from. */
export interface AgentsArgs extends MachineArgs {
  readonly cluster: string;
  readonly subnetIds: Output<string>[];
  readonly min: number;
  readonly max: number;
  readonly targetArns: Output<string>[];
}

/**
 * Makes the machines that pods run on, and more of them under load. A change is for new ones: to replace those that there are would take the volumes
 * that pods have on their disks.
 */
export function makeAgents(
  parent: ComponentResource,
  name: string,
  userData: Output<string>,
  args: AgentsArgs,
): void {
  const template = new LaunchTemplate(
    name,
    {
      description: `Agents of ${args.cluster}`,
      updateDefaultVersion: true,
      imageId: args.imageId,
      instanceType: args.instanceType,
      vpcSecurityGroupIds: [args.groupId],
      metadataOptions: METADATA,
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: args.diskGiB,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      userData: userData.apply((text) => Buffer.from(text).toString("base64")),
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { Name: name },
      })),
    },
    { parent },
  );
  const group = new AutoscalingGroup(
    name,
    {
      name,
      vpcZoneIdentifiers: args.subnetIds,
      minSize: args.min,
      maxSize: args.max,
      desiredCapacity: args.min,
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      targetGroupArns: args.targetArns,
      // Machines are there once they run; pods wait for them longer than Pulumi should.
      waitForCapacityTimeout: "0",
    },
    {
      parent,
      dependsOn: [...args.needs],
      // The policy's from the first minute on: to set it back would take machines from running pods.
      ignoreChanges: ["desiredCapacity"],
    },
  );
  new ScalingPolicy(
    name,
    {
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: CPU_PERCENT,
        // A machine that is taken away takes the volumes on its disk along: it is drained and removed by hand.
        disableScaleIn: true,
      },
    },
    { parent },
  );
}
