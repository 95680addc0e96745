import { expect, test } from "vitest";
import type { JsonObject, Registration } from "../program/registration.ts";
import { type Change, compareResources, endangersData } from "./compare.ts";
import { resourcesOf } from "./resources.ts";

const registration = (type: string, name: string, inputs: JsonObject): Registration => ({
  urn: `urn:pulumi:dev::shop::${type}::${name}`,
  type,
  name,
  custom: true,
  inputs,
  secrets: [],
  unknowns: [],
  dependencies: [],
});
const object = (kind: string, name: string, more: JsonObject = {}, apiVersion = "v1"): Registration =>
  registration(`kubernetes:${apiVersion}:${kind}`, name, {
    apiVersion,
    kind,
    metadata: { name, namespace: "shop" },
    ...more,
  });
const compared = (before: Registration[], after: Registration[]) =>
  compareResources(
    "dev",
    resourcesOf({ resources: before, outputs: {} }, "/base"),
    resourcesOf({ resources: after, outputs: {} }, "/head"),
  );
const told = ({ action, resource, note }: Change) => [action, resource.title, note];

test("what is added, changed and removed is told, gravest first, and what is the same is counted", () => {
  const { changes, unchanged } = compared(
    [object("ConfigMap", "c", { data: { a: "1" } }), object("Service", "same"), object("Service", "gone")],
    [object("Service", "new"), object("ConfigMap", "c", { data: { a: "2" } }), object("Service", "same")],
  );
  expect(changes.map(told)).toEqual([
    ["remove", "service/gone", ""],
    ["change", "configmap/c", ""],
    ["add", "service/new", ""],
  ]);
  expect(changes[1]?.differences).toEqual([{ path: "data.a", before: "1", after: "2" }]);
  expect(unchanged).toBe(1);
});

test("a field that Kubernetes keeps as it was made means a replacement", () => {
  const set = (size: string, replicas: number) =>
    object(
      "StatefulSet",
      "postgres",
      { spec: { replicas, volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { size } }] } },
      "apps/v1",
    );
  const [grown] = compared([set("1Gi", 1)], [set("2Gi", 1)]).changes;
  expect(grown?.action).toBe("replace");
  expect(grown?.note).toMatch(/^spec\.volumeClaimTemplates.* cannot be changed in place$/);
  expect(grown && endangersData(grown)).toBe(true);
  const [scaled] = compared([set("1Gi", 1)], [set("1Gi", 3)]).changes;
  expect(scaled?.action).toBe("change");
  expect(scaled && endangersData(scaled)).toBe(false);
});

test.each([
  ["PersistentVolumeClaim", "v1", { spec: { resources: { requests: "1Gi" } } }, "change"],
  ["PersistentVolumeClaim", "v1", { spec: { storageClassName: "fast" } }, "replace"],
  ["Deployment", "apps/v1", { spec: { selector: { matchLabels: { app: "x" } } } }, "replace"],
  ["Deployment", "apps/v1", { spec: { template: { labels: { app: "x" } } } }, "change"],
  ["Job", "batch/v1", { spec: { template: { image: "x" } } }, "replace"],
  ["RoleBinding", "rbac.authorization.k8s.io/v1", { roleRef: { name: "x" } }, "replace"],
  ["ConfigMap", "v1", { data: { a: "1" } }, "change"],
])("%s of %s with %j: %s", (kind, apiVersion, fields, action) => {
  const before = object(kind, "x", { spec: {} }, apiVersion);
  const after = object(kind, "x", { spec: {}, ...fields }, apiVersion);
  expect(compared([before], [after]).changes.map((change) => change.action)).toEqual([action]);
});

test("a ConfigMap that never changes is replaced where it does", () => {
  const fixed = (a: string) => object("ConfigMap", "c", { immutable: true, data: { a } });
  expect(compared([fixed("1")], [fixed("2")]).changes[0]?.action).toBe("replace");
});

test("an object with another name is the same resource where Pulumi's state says so, and is replaced", () => {
  const job = (name: string) => ({ ...object("Job", name, {}, "batch/v1"), urn: "urn:one" });
  const { changes, unchanged } = compared([job("migrate-1")], [job("migrate-2")]);
  expect(changes.map(told)).toEqual([["replace", "job/migrate-2", "was job/migrate-1"]]);
  expect(unchanged).toBe(0);
});

test("two objects that swap their places in the program stay what they are", () => {
  const at = (urn: string, name: string) => ({ ...object("Service", name), urn });
  const { changes } = compared([at("urn:1", "a"), at("urn:2", "b")], [at("urn:1", "b"), at("urn:2", "a")]);
  expect(changes.map(({ action, resource }) => [action, resource.title])).toEqual([
    ["change", "service/a"],
    ["change", "service/b"],
  ]);
});

test("another name in Pulumi's state endangers data, though the object is the same", () => {
  const claim = (urn: string) => ({ ...object("PersistentVolumeClaim", "data"), urn });
  const [change] = compared([claim("urn:old")], [claim("urn:new")]).changes;
  expect(change).toMatchObject({ action: "replace", differences: [] });
  expect(change?.note).toMatch(/urn:old; without an alias/);
});

test("what other providers make is compared, too, and a database is known to hold data", () => {
  const database = (size: number) => registration("aws:rds/instance:Instance", "orders", { size });
  const network = registration("aws:ec2/vpc:Vpc", "shop", {});
  const { changes } = compared([database(20), network], [database(40), network]);
  expect(changes.map(told)).toEqual([
    ["change", "aws:rds/instance:Instance orders", expect.stringMatching(/only a preview by Pulumi/)],
  ]);
  expect(compared([database(20), network], []).changes.map(endangersData)).toEqual([true, false]);
});

test("a checkout looks the same wherever it lies", () => {
  const image = (root: string) =>
    registration("docker-build:index:Image", "order", { context: { location: `${root}/images` } });
  expect(compared([image("/base")], [image("/head")]).changes).toEqual([]);
});

test("components and providers are nobody's resources", () => {
  const component = { ...registration("tradestack:index:Microservice", "order", {}), custom: false };
  expect(compared([], [component, registration("pulumi:providers:kubernetes", "k8s", {})]).changes).toEqual(
    [],
  );
});

test("secrets and values that are not known yet are not shown, but that they are there is", () => {
  const secret = object("Secret", "s", { stringData: { password: "hush", user: "hush" } });
  const marked = {
    ...object("ConfigMap", "c", { data: { sum: "hush", url: null, open: "1" } }),
    secrets: [["data", "sum"]],
    unknowns: [["data", "url"]],
  };
  const values = resourcesOf({ resources: [secret, marked], outputs: {} }, "/head").map(({ value }) => value);
  expect(JSON.stringify(values)).not.toContain("hush");
  expect(values).toMatchObject([
    { stringData: { password: "(withheld)", user: "(withheld)" } },
    { data: { sum: "(withheld)", url: "(known once deployed)", open: "1" } },
  ]);
});
