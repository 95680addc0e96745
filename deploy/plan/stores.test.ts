import { expect, test } from "vitest";
import { ApiError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { type KubernetesObject, keyOf } from "../manifests/manifest.ts";
import { replacedStores } from "./stores.ts";

const set = (name: string, kind = "StatefulSet"): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace: "shop" },
});
const manifests = (...wanted: KubernetesObject[]) =>
  wanted.map((object) => ({ key: keyOf(object), object, secrets: [], needs: [] }));
/** A cluster that has some objects, and refuses every change of one of them. */
const cluster = (live: readonly string[], refusal: ApiError): Objects => {
  const objects: Pick<Objects, "get" | "apply"> = {
    get: async (object) => (live.includes(object.metadata.name) ? object : undefined),
    apply: async (object, { dryRun = false } = {}) => {
      if (!dryRun) throw new Error("it was to change nothing");
      if (object.metadata.name === "redis") throw refusal;
      return object;
    },
  };
  return objects as Objects;
};
const fixed = new ApiError(
  422,
  JSON.stringify({
    message:
      "StatefulSet is invalid: updates to statefulset spec for fields other than 'replicas' are forbidden",
    details: { causes: [{ field: "spec.volumeClaimTemplates", message: "forbidden" }] },
  }),
);

test("a store whose volumes are to be others is told before anything is done, with the way to keep its data", async () => {
  const wanted = manifests(set("redis"), set("postgres"), set("order", "Deployment"));
  expect(await replacedStores(cluster(["redis", "postgres"], fixed), wanted)).toEqual([
    expect.stringMatching(/^statefulset\/redis, spec\.volumeClaimTemplates: .*--cascade=orphan/),
  ]);
});

test("one that is not there yet can be anything, and other refusals are not about that", async () => {
  const wanted = manifests(set("redis"));
  expect(await replacedStores(cluster([], fixed), wanted)).toEqual([]);
  const forbidden = new ApiError(403, JSON.stringify({ message: "no rights" }));
  await expect(replacedStores(cluster(["redis"], forbidden), wanted)).rejects.toThrow("no rights");
});
