import { expect, test } from "vitest";
import type { JsonObject, Registration } from "../program/registration.ts";
import { toManifests } from "./from-program.ts";

const resource = (
  type: string,
  name: string,
  { spec = {}, namespace, ...more }: Partial<Registration> & { spec?: JsonObject; namespace?: string } = {},
): Registration => {
  const [apiVersion = "", kind = ""] = type.replace(/^kubernetes:(core\/)?/, "").split(":");
  const metadata: JsonObject = namespace === undefined ? { name } : { name, namespace };
  const inputs: JsonObject = { apiVersion, kind, metadata, spec };
  return {
    urn: `urn:${type}::${name}`,
    type,
    name,
    custom: true,
    inputs,
    secrets: [],
    unknowns: [],
    dependencies: [],
    ...more,
  };
};
const NAMESPACE = resource("kubernetes:core/v1:Namespace", "shop");
const manifests = (...resources: Registration[]) => toManifests({ resources, outputs: {} }).manifests;
const needsOf = (name: string, ...resources: Registration[]) =>
  manifests(...resources).find(({ object }) => object.metadata.name === name)?.needs;

test("what lives in a namespace needs it, without being told", () => {
  const service = resource("kubernetes:core/v1:Service", "web", { namespace: "shop" });
  expect(needsOf("web", service, NAMESPACE)).toEqual(["Namespace shop"]);
});

test("a dependency on what is not a Kubernetes object is one on what that depends on", () => {
  const secret = resource("kubernetes:core/v1:Secret", "login", { namespace: "shop" });
  const component = resource("shop:index:Store", "store", { custom: false, dependencies: [secret.urn] });
  const service = resource("kubernetes:core/v1:Service", "web", { dependencies: [component.urn] });
  expect(needsOf("web", secret, component, service)).toEqual(["Secret shop/login"]);
});

test("pods wait for what they may read in their namespace, but not for what waits for them", () => {
  const secret = resource("kubernetes:core/v1:Secret", "login", { namespace: "shop" });
  const elsewhere = resource("kubernetes:core/v1:Secret", "other", { namespace: "bank" });
  const store = resource("kubernetes:apps/v1:StatefulSet", "store", { namespace: "shop" });
  const after = resource("kubernetes:core/v1:ConfigMap", "address", {
    namespace: "shop",
    dependencies: [store.urn],
  });
  expect(needsOf("store", secret, elsewhere, store, after)).toEqual(["Secret shop/login"]);
  expect(needsOf("address", secret, elsewhere, store, after)).toEqual(["StatefulSet.apps shop/store"]);
});

test("manifests come in the order of making, then by name", () => {
  const objects = manifests(
    resource("kubernetes:apps/v1:Deployment", "web", { namespace: "shop" }),
    resource("kubernetes:core/v1:Service", "web", { namespace: "shop" }),
    resource("kubernetes:core/v1:Service", "api", { namespace: "shop" }),
    resource("kubernetes:shop.example/v1:Till", "till", { namespace: "shop" }),
    NAMESPACE,
  ).map(({ object }) => `${object.kind} ${object.metadata.name}`);
  expect(objects).toEqual(["Namespace shop", "Service api", "Service web", "Deployment web", "Till till"]);
});

test("charts and resources of other providers are told apart", () => {
  const image = resource("docker-build:index:Image", "web");
  const provider = resource("pulumi:providers:kubernetes", "cluster");
  const chart = resource("kubernetes:helm.sh/v4:Chart", "mesh", { inputs: { chart: "istiod" } });
  expect(toManifests({ resources: [image, provider, chart, NAMESPACE], outputs: {} })).toMatchObject({
    others: [{ name: "web" }, { name: "mesh" }],
    manifests: [{ key: "Namespace shop" }],
  });
});

test.each([
  [resource("kubernetes:helm.sh/v3:Release", "chart"), /"chart".*cannot be written as one manifest/],
  [resource("kubernetes:apps/v1:DeploymentPatch", "patch"), /cannot be written as one manifest/],
  [
    resource("kubernetes:core/v1:Service", "web", { unknowns: [["spec", "clusterIP"]] }),
    /has spec\.clusterIP that only a deployment would know/,
  ],
  [{ ...NAMESPACE, inputs: { apiVersion: "v1", kind: "Namespace", metadata: {} } }, /has no metadata\.name/],
])("what cannot be a manifest is refused by name (%#)", (refused, message) => {
  expect(() => manifests(refused)).toThrow(message);
});
