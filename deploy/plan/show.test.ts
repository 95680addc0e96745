import { expect, test, vi } from "vitest";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject, Path } from "../program/registration.ts";
import { diffObjects } from "./diff.ts";
import type { Change, Plan } from "./plan.ts";
import { planAsJson, showPlan } from "./show.ts";

vi.stubEnv("NO_COLOR", "1");

const object = (kind: string, name: string, more: JsonObject = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "shop" },
  ...more,
});
const update = (live: KubernetesObject, after: KubernetesObject, secrets: Path[] = []): Change => ({
  action: "update",
  live,
  object: after,
  manifest: { key: "", object: after, secrets, needs: [] },
  differences: diffObjects(live, after),
});
const plan = (...changes: Change[]): Plan => ({
  set: { name: "tradestack-dev", namespace: "shop" },
  changes,
  refusals: [],
  before: undefined,
  after: { groupKinds: [], namespaces: [] },
  missingNamespaces: [],
});
const create = (added: KubernetesObject): Change => ({
  action: "create",
  object: added,
  manifest: { key: "", object: added, secrets: [], needs: [] },
});

test("additions, changes field by field, and removals are told and counted", () => {
  const shown = showPlan(
    plan(
      create(object("Service", "web")),
      update(
        object("ConfigMap", "c", { data: { a: "1", b: "2" } }),
        object("ConfigMap", "c", { data: { a: "3", d: "4" } }),
      ),
      { action: "remove", live: object("StatefulSet", "store") },
      { action: "keep", live: object("PersistentVolumeClaim", "data") },
    ),
  );
  expect(shown.split("\n")).toEqual([
    "+ service/web",
    "~ configmap/c",
    "    ~ data.a: 1 → 3",
    "    - data.b: 2",
    "    + data.d: 4",
    "- statefulset/store  (its volumes stay)",
    "! persistentvolumeclaim/data  (no longer wanted, but kept: it holds data)",
    "",
    "1 added, 1 changed, 1 removed, 0 unchanged, 1 kept",
  ]);
});

test("nothing to do is one line", () => {
  expect(showPlan(plan())).toBe("0 added, 0 changed, 0 removed, 0 unchanged");
});

test("no secret is shown, neither to people nor to programs", () => {
  const env = (value: string, image: string): JsonObject => ({
    spec: { containers: [{ name: "web", image, env: [{ name: "KEY", value }] }] },
  });
  const changes = plan(
    update(
      object("Secret", "s", { data: { key: "b2xk" } }),
      object("Secret", "s", { data: { key: "bmV3" } }),
    ),
    update(object("Pod", "p", env("old-key", "web:1")), object("Pod", "p", env("new-key", "web:2")), [
      ["spec", "containers", 0, "env", 0, "value"],
    ]),
  );
  const told = showPlan(changes) + JSON.stringify(planAsJson(changes));
  expect(told).not.toMatch(/b2xk|bmV3|old-key|new-key/);
  expect(told).toContain("data.key: (secret) → (another secret)");
  // A difference beside the secret is still told.
  expect(told).toContain("spec.containers[web].image: web:1 → web:2");
});

test("a whole list that holds a secret is masked with it", () => {
  const env = (...values: string[]): JsonObject => ({ spec: { env: values.map((value) => ({ value })) } });
  const changes = plan(
    update(object("Pod", "p", env("old-key")), object("Pod", "p", env("a", "new-key")), [
      ["spec", "env", 1, "value"],
    ]),
  );
  expect(showPlan(changes)).not.toMatch(/old-key|new-key/);
});
