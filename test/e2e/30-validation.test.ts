/**
 * What each stack renders is what Kubernetes takes: the API server goes through every object, its schema, defaults and
 * admission, as if it were applied. Nothing of it is kept.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { groupOf, type KubernetesObject, keyOf } from "../../deploy/manifests/manifest.ts";
import { Cluster } from "../../drills/platform/cluster.ts";
import { CONTEXT_VARIABLE } from "../../settings/cluster.ts";
import { rendered } from "../support/rendered.ts";
import { STACKS } from "../support/stacks.ts";

const NAMESPACE = "tradestack-validation";
const RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  // Pods are made later: what their templates lack is a warning, and warnings are errors here.
  "pod-security.kubernetes.io/warn": "restricted",
};

let cluster: Cluster;
/** Namespaces that stand in for those of stacks. */
const standIns = new Set<string>();

/** The namespace that takes the place of a stack's own. */
async function standIn(name: string): Promise<void> {
  if (standIns.has(name)) return;
  standIns.add(name);
  await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels: RESTRICTED } });
}

beforeAll(async () => {
  cluster = Cluster.current();
  // Each stack is rendered for the cluster that it names itself.
  vi.stubEnv(CONTEXT_VARIABLE, "");
  await standIn(NAMESPACE);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await cluster?.kubectl("delete", "namespace", ...standIns, "--ignore-not-found", "--wait=false");
});

/** Kinds that every Kubernetes knows; those of operators are known only where these run. */
const isBuiltIn = ({ apiVersion }: KubernetesObject): boolean => {
  const group = groupOf(apiVersion);
  return !group.includes(".") || group.endsWith(".k8s.io");
};

/** An object in a throw-away namespace, which takes the place of the stack's own. */
const moved = (object: KubernetesObject): KubernetesObject => {
  const { metadata } = object;
  const there = (name: unknown) => `${NAMESPACE}-${String(name)}`;
  if (object.kind === "Namespace") {
    return { ...object, metadata: { ...metadata, name: `${there(metadata.name)}-own` } };
  }
  return metadata.namespace === undefined
    ? object
    : { ...object, metadata: { ...metadata, namespace: there(metadata.namespace) } };
};

const list = (items: readonly KubernetesObject[]) => ({ apiVersion: "v1", kind: "List", items });

test.each(STACKS)("every object of the %s stack is taken by the API server", async (stack) => {
  const objects = (await rendered(stack)).manifests.map(({ object }) => moved(object)).filter(isBuiltIn);
  expect(objects.length).toBeGreaterThan(0);
  expect(new Set(objects.map(keyOf)).size).toBe(objects.length);
  for (const { metadata } of objects) {
    if (typeof metadata.namespace === "string") await standIn(metadata.namespace);
  }
  expect(await cluster.validate(list(objects))).toHaveLength(objects.length);
});

const service = (spec: object) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "probe", namespace: NAMESPACE },
  spec,
});

test.each([
  [
    "a field that the schema does not have",
    { ports: [{ port: 80 }], selectors: { app: "web" } },
    /spec\.selectors/,
  ],
  ["a value of another type", { ports: [{ port: "eighty" }] }, /port/],
  ["a value out of range", { ports: [{ port: 70_000 }] }, /between 1 and 65535/],
])("%s is refused", async (_what, spec, words) => {
  await expect(cluster.validate(service(spec))).rejects.toThrow(words);
});

test("nothing of all this was kept", async () => {
  for (const name of standIns) {
    const found = ["get", "deployments,services", "--namespace", name, "--output=name"];
    expect(await cluster.kubectl(...found), name).toBe("");
  }
});
