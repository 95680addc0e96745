import { asObject, asObjects } from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type CloudResource, cloudTitle, type Rule } from "../rule.ts";

/** Every volume that a resource describes, with its place. */
const VOLUMES: Readonly<Record<string, (inputs: JsonObject) => [string, Json | undefined][]>> = {
  "aws:ebs/volume:Volume": ({ encrypted }) => [["encrypted", encrypted]],
  "aws:efs/fileSystem:FileSystem": ({ encrypted }) => [["encrypted", encrypted]],
  "aws:ec2/instance:Instance": ({ rootBlockDevice, ebsBlockDevices }) => [
    ["rootBlockDevice.encrypted", asObject(rootBlockDevice).encrypted],
    ...encryptionOf("ebsBlockDevices", ebsBlockDevices),
  ],
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }) =>
    asObjects(blockDeviceMappings).flatMap(({ ebs }, index): [string, Json | undefined][] =>
      ebs === undefined ? [] : [[`blockDeviceMappings[${index}].ebs.encrypted`, asObject(ebs).encrypted]],
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

function encryptionOf(list: string, devices: Json | undefined): [string, Json | undefined][] {
  return asObjects(devices).map(({ encrypted }, index) => [`${list}[${index}].encrypted`, encrypted]);
}
