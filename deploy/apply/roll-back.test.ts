import { expect, test } from "vitest";
import type { Objects } from "../kubernetes/objects.ts";
import { type KubernetesObject, keyOf } from "../manifests/manifest.ts";
import type { Plan } from "../plan/plan.ts";
import type { JsonObject } from "../program/registration.ts";
import type { Progress } from "../progress/progress.ts";
import { NotReadyError } from "../watch/watch.ts";
import { applyPlan } from "./apply.ts";

const WELL = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
/** Kubernetes has given up, and the two pods of before are still there. */
const STUCK = {
  ...WELL,
  replicas: 3,
  updatedReplicas: 1,
  conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
};

const deployment = (name: string, image: string, status: JsonObject = WELL): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop", generation: 1 },
  spec: { replicas: 2, template: { spec: { containers: [{ name, image }] } } },
  status,
});
const imageOf = ({ spec }: KubernetesObject): string =>
  JSON.stringify(spec).match(/"image":"(.*?)"/)?.[1] ?? "";

/** A cluster on which an image that is called bad never becomes ready, and what was applied to it, in order. */
function cluster(...before: readonly KubernetesObject[]) {
  const live = new Map(before.map((object) => [object.metadata.name, object]));
  const applied: string[] = [];
  const objects: Pick<Objects, "get" | "in" | "log" | "apply"> = {
    get: async ({ metadata }) => live.get(metadata.name),
    in: async () => [],
    log: async () => "",
    apply: async (object) => {
      if (object.kind !== "Deployment") return object;
      const { name } = object.metadata;
      const image = imageOf(object);
      applied.push(`${name} ${image}`);
      const now = deployment(name, image, image.startsWith("bad") ? STUCK : WELL);
      live.set(name, now);
      return now;
    },
  };
  return { objects: objects as Objects, applied };
}

/** Brings images onto Deployments, each after the one before it, and gives how that failed. */
async function update(
  { objects }: ReturnType<typeof cluster>,
  before: readonly KubernetesObject[],
  images: Readonly<Record<string, string>>,
  rollback = true,
): Promise<unknown> {
  const changes = Object.entries(images).map(([name, image], index, all) => {
    const object = deployment(name, image);
    const needs = all.slice(0, index).map(([other]) => keyOf(deployment(other, "")));
    const manifest = { key: keyOf(object), object, secrets: [], needs };
    const live = before.find(({ metadata }) => metadata.name === name);
    return live === undefined
      ? { action: "create" as const, manifest, object }
      : { action: "update" as const, manifest, object, live, differences: [] };
  });
  const reach = { groupKinds: [], namespaces: [] };
  const set = { name: "shop", namespace: "shop" };
  const plan: Plan = { set, changes, refusals: [], before: reach, after: reach, missingNamespaces: [] };
  const progress: Progress = { step() {}, say() {}, detail() {}, finish() {} };
  const { signal } = new AbortController();
  return applyPlan(objects, plan, { progress, signal, schedulingPatience: 0, rollback }).catch(
    (error: unknown) => error,
  );
}

test("a version that does not become ready is replaced by the one before, and so is what was updated with it", async () => {
  const before = [deployment("payment", "p1"), deployment("order", "o1"), deployment("cart", "c1")];
  const shop = cluster(...before);
  const error = await update(shop, before, { payment: "p2", order: "bad", cart: "c2" });
  expect(error).toBeInstanceOf(NotReadyError);
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^deployment\/order did not become ready: .*progressDeadlineSeconds\nthe version of before is back \(deployment\/payment, deployment\/order\); 2 pods of deployment\/order served all the while$/,
    ),
  });
  // The cart waited for the order, and was never touched.
  expect(shop.applied).toEqual(["payment p2", "order bad", "payment p1", "order o1"]);
});

test.each([
  ["where nobody wants it to be", [deployment("order", "o1")], false],
  ["where there is none before", [], true],
  ["where the one before did not serve, either", [deployment("order", "o1", STUCK)], true],
  ["where only something else than the version was changed", [deployment("order", "bad")], true],
])("nothing is put back %s", async (_where, before, rollback) => {
  const shop = cluster(...before);
  const error = await update(shop, before, { order: "bad" }, rollback);
  expect(error).toMatchObject({ message: expect.stringMatching(/did not become ready: [^\n]*$/) });
  expect(shop.applied).toEqual(["order bad"]);
});

test("a version of before that does not become ready, either, is told", async () => {
  const before = [deployment("order", "bad by now")];
  const error = await update(cluster(...before), before, { order: "bad" });
  expect(String(error)).toMatch(
    /\nthe version of before could not be put back everywhere: .*deployment\/order/,
  );
});
