import { expect, test } from "vitest";
import { asObject, type KubernetesObject } from "../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../deploy/program/registration.ts";
import { evaluate } from "./evaluate.ts";
import { RULES } from "./rules/index.ts";
import { cloud, deployment, PROD } from "./test/objects.ts";
import { isUnknownAt } from "./unknown.ts";

test.each([
  [{ a: null }, "a", true],
  [{ a: null }, "a.b[0].c", true],
  [{ a: [{}, null] }, "a[1].b", true],
  [{ a: [{}, null] }, "a[0].b", false],
  [{ data: { "app.yaml": null } }, 'data["app.yaml"]', true],
  [{ data: { "app.yaml": null } }, 'data["app"]', false],
  [{ a: 1 }, "a.b", false],
  [{ a: 1 }, "", false],
])("%j at %s: %s", (value, path, unknown) => {
  expect(isUnknownAt(value, path)).toBe(unknown);
});

/** Copies of a value, in each of which another part is unknown. */
function* withUnknowns(value: Json): Generator<Json> {
  yield null;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const changed of withUnknowns(item)) yield value.with(index, changed);
    }
  } else if (value !== null && typeof value === "object") {
    for (const [key, item] of Object.entries(value)) {
      for (const changed of withUnknowns(item)) yield { ...value, [key]: changed };
    }
  }
}

const RULES_FOR_ONE = RULES.filter(({ scope }) => scope === "resource");

test("no rule that judges objects one by one minds a part of them being unknown", () => {
  const { spec = null, ...rest } = deployment();
  const variants = [...withUnknowns(spec)];
  expect(variants.length).toBeGreaterThan(30);
  for (const variant of variants) {
    const object: KubernetesObject = { ...rest, spec: variant };
    const { findings } = evaluate(RULES_FOR_ONE, { manifests: [object], resources: [] }, PROD);
    expect(findings, JSON.stringify(variant)).toEqual([]);
  }
});

const DISK = { encrypted: true };
const SSH = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.7/32"] };

test.each<[string, JsonObject]>([
  ["aws:ebs/volume:Volume", DISK],
  ["aws:ec2/instance:Instance", { rootBlockDevice: DISK, ebsBlockDevices: [DISK] }],
  ["aws:ec2/launchTemplate:LaunchTemplate", { blockDeviceMappings: [{ ebs: DISK }] }],
  ["aws:ec2/securityGroup:SecurityGroup", { ingress: [SSH] }],
  ["aws:ec2/securityGroupRule:SecurityGroupRule", { type: "ingress", ...SSH }],
  ["aws:rds/instance:Instance", { storageEncrypted: true, publiclyAccessible: false }],
])("nor of %s", (type, inputs) => {
  for (const variant of withUnknowns(inputs)) {
    if (variant === null) continue;
    const resources = [cloud(type, "it", asObject(variant))];
    const { findings } = evaluate(RULES_FOR_ONE, { manifests: [], resources }, PROD);
    expect(findings, JSON.stringify(variant)).toEqual([]);
  }
});
