import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { cloud, judgeCloud } from "../test/objects.ts";
import { awsEncryptedVolumes } from "./aws-encrypted-volumes.ts";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const ENCRYPTED = { encrypted: true };

test.each<[string, JsonObject]>([
  ["aws:ebs/volume:Volume", ENCRYPTED],
  ["aws:efs/fileSystem:FileSystem", ENCRYPTED],
  [INSTANCE, { rootBlockDevice: ENCRYPTED, ebsBlockDevices: [ENCRYPTED] }],
  // Launch templates take the flag as text.
  [TEMPLATE, { blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { noDevice: "" }] }],
  [INSTANCE, { launchTemplate: { id: "lt-1" } }],
  // Known only once it is deployed.
  [INSTANCE, { rootBlockDevice: null }],
  [TEMPLATE, { blockDeviceMappings: null }],
  ["aws:ebs/volume:Volume", { encrypted: null }],
  ["aws:ec2/vpc:Vpc", {}],
])("%s passes where it is encrypted", (type, inputs) => {
  expect(judgeCloud(awsEncryptedVolumes, cloud(type, "data", inputs))).toEqual([]);
});

test.each<[string, JsonObject, string]>([
  ["aws:ebs/volume:Volume", {}, "encrypted"],
  ["aws:efs/fileSystem:FileSystem", { encrypted: false }, "encrypted"],
  [INSTANCE, {}, "rootBlockDevice.encrypted"],
  [
    INSTANCE,
    { rootBlockDevice: ENCRYPTED, ebsBlockDevices: [ENCRYPTED, {}] },
    "ebsBlockDevices[1].encrypted",
  ],
  [INSTANCE, { launchTemplate: { id: "lt-1" }, rootBlockDevice: {} }, "rootBlockDevice.encrypted"],
  [TEMPLATE, {}, "blockDeviceMappings"],
  [TEMPLATE, { blockDeviceMappings: [{ ebs: {} }] }, "blockDeviceMappings[0].ebs.encrypted"],
])("%s is refused where it is not (%j)", (type, inputs, path) => {
  expect(judgeCloud(awsEncryptedVolumes, cloud(type, "data", inputs))).toMatchObject([
    { resource: `${type} data`, path },
  ]);
});
