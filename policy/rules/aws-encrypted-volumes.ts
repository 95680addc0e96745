import { asObject, asObjects } from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type CloudResource, cloudTitle, type Rule } from "../rule.ts";

/** Where a resource says whether a volume is encrypted, and what it says. */
type Flag = readonly [path: string, value: Json | undefined];

/** Every volume that a resource describes. */
const VOLUMES: Readonly<Record<string, (inputs: JsonObject) => Flag[]>> = {
  "aws:ebs/volume:Volume": ({ encrypted }) => [["encrypted", encrypted]],
  "aws:efs/fileSystem:FileSystem": ({ encrypted }) => [["encrypted", encrypted]],
  "aws:ec2/instance:Instance": ({ rootBlockDevice, ebsBlockDevices, launchTemplate }) => [
    // What an instance does not say itself, its launch template says.
    ...(rootBlockDevice === undefined && launchTemplate !== undefined
      ? []
      : [flagOf("rootBlockDevice", rootBlockDevice)]),
    ...asObjects(ebsBlockDevices).map((device, index) => flagOf(`ebsBlockDevices[${index}]`, device)),
  ],
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }) =>
    // Without a word about the root volume it is as the machine image has it.
    blockDeviceMappings === undefined
      ? [["blockDeviceMappings", undefined]]
      : asObjects(blockDeviceMappings).flatMap(({ ebs }, index) =>
          ebs === undefined ? [] : [flagOf(`blockDeviceMappings[${index}].ebs`, ebs)],
        ),
};

/** Whoever gets hold of a snapshot or a disk that was given back must not read it. */
export const awsEncryptedVolumes: Rule = {
  name: "aws-encrypted-volumes",
  description: "Volumes, file systems and the disks of instances on AWS are encrypted, and say so.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ resources }) => resources.flatMap(checkResource),
};

function checkResource(resource: CloudResource) {
  return (VOLUMES[resource.type]?.(resource.inputs) ?? [])
    .filter(([, encrypted]) => encrypted !== true && encrypted !== "true" && encrypted !== null)
    .map(([path]) => ({
      resource: cloudTitle(resource),
      path,
      message: "the volume is not encrypted unless the account's default says so; set encrypted: true",
    }));
}

/** What a description of a volume says; one that only a deployment knows says nothing wrong. */
const flagOf = (path: string, device: Json | undefined): Flag => [
  `${path}.encrypted`,
  device === null ? null : asObject(device).encrypted,
];
