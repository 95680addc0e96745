import type { ComponentResource, Output, Resource } from "@pulumi/pulumi";
import { LaunchTemplate, NodeGroup } from "../../aws.ts";
import { transformed } from "../../transform.ts";
import type { EksNodeGroupArgs, EksTransforms } from "./args.ts";
import { commonArchitecture } from "./instance-types.ts";

/** What the groups of nodes of a cluster have in common. */
export interface NodeGroupsArgs {
  readonly cluster: string;
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly roleArn: Output<string>;
  readonly subnetIds: Output<string>[];
  /** What nodes need before they can join. */
  readonly needs: readonly Resource[];
  /** Changes single children. */
  readonly transform: EksTransforms;
}

const DISK_GIB = 50;

/** Makes a managed group of nodes: Amazon Linux 2023, disks encrypted, nobody logs in. */
export function makeNodeGroup(
  parent: ComponentResource,
  group: EksNodeGroupArgs,
  args: NodeGroupsArgs,
): NodeGroup {
  const name = `${args.cluster}-${group.name}`;
  const arm = commonArchitecture(`node group ${group.name}: instanceTypes`, group.instanceTypes) === "arm64";
  const template = new LaunchTemplate(
    name,
    transformed(
      {
        description: `Nodes of group ${group.name} of ${args.cluster}`,
        updateDefaultVersion: true,
        // No key to log in with, and credentials of the node only for the node itself: a pod is one hop further.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: group.diskGiB ?? DISK_GIB,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: ["instance", "volume"].map((resourceType) => ({
          resourceType,
          tags: { Name: name },
        })),
      },
      args.transform.launchTemplate,
    ),
    { parent },
  );
  return new NodeGroup(
    name,
    transformed(
      {
        clusterName: args.clusterName,
        version: args.version,
        nodeRoleArn: args.roleArn,
        subnetIds: args.subnetIds,
        amiType: arm ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD",
        capacityType: group.spot ? "SPOT" : "ON_DEMAND",
        instanceTypes: group.instanceTypes,
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.min },
        updateConfig: { maxUnavailablePercentage: 25 },
        nodeRepairConfig: { enabled: true },
        tags: { Name: name },
      },
      args.transform.nodeGroup,
    ),
    {
      parent,
      dependsOn: [...args.needs],
      // The autoscaler's from the first minute on: to set it back would take nodes from running pods.
      ignoreChanges: ["scalingConfig.desiredSize"],
      customTimeouts: { create: "30m", update: "60m" },
    },
  );
}
