import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { Json } from "../program/registration.ts";
import { diff, diffObjects, readablePath } from "./diff.ts";

const named = fc.record(
  { name: fc.constantFrom("order", "sidecar", "proxy"), value: fc.nat(3) },
  // Parsed JSON has none.
  { noNullPrototype: true },
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>(null, true, 0, 1, "", "text"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(named, { maxLength: 3 }) as fc.Arbitrary<Json>,
    fc.dictionary(fc.constantFrom("a", "b", "tradestack.dev/c"), tie("value"), {
      noNullPrototype: true,
    }) as fc.Arbitrary<Json>,
  ),
})).value;

test("there is a difference if and only if two values differ", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(diff(a, a)).toEqual([]);
      expect(diff(a, b).length > 0).toBe(!isDeepStrictEqual(a, b));
    }),
  );
});

test("the other way round, the same fields differ with before and after swapped", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const swapped = diff(b, a).map(({ path, before, after }) => ({ path, before: after, after: before }));
      const byPath = (x: { path: string }, y: { path: string }) => (x.path < y.path ? -1 : 1);
      expect(diff(a, b).sort(byPath)).toEqual(swapped.sort(byPath));
    }),
  );
});

test("no field is told twice, and none differs from itself", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const differences = diff(a, b);
      expect(new Set(differences.map(({ path }) => path)).size).toBe(differences.length);
      for (const { before, after } of differences) expect(before).not.toEqual(after);
    }),
  );
});

const deployment = (image: string, more: object = {}): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "order", resourceVersion: image, generation: image.length, managedFields: [image] },
  spec: { template: { spec: { containers: [{ name: "order", image, ...more }] } } },
  status: { replicas: image.length },
});

test("things in a list are told by their name, and the server's bookkeeping is left out", () => {
  expect(diffObjects(deployment("order:1"), deployment("order:22", { tty: true }))).toEqual([
    { path: "spec.template.spec.containers[order].image", before: "order:1", after: "order:22" },
    { path: "spec.template.spec.containers[order].tty", before: undefined, after: true },
  ]);
});

test("the order of named things is a difference of its own", () => {
  const [a, b] = [{ name: "a" }, { name: "b" }];
  expect(diff([a, b], [b, a])).not.toEqual([]);
  expect(diff([a], [b, a])).toEqual([{ path: "[b]", before: undefined, after: b }]);
});

test("keys with dots stay one step of the path", () => {
  expect(diff({ annotations: { "a.b/c": "1" } }, { annotations: {} })).toMatchObject([
    { path: 'annotations["a.b/c"]' },
  ]);
});

test("a place in a value has the path that a difference there would have", () => {
  const place = ["spec", "template", "spec", "containers", 0, "image"];
  expect(readablePath(deployment("order:1"), place)).toBe("spec.template.spec.containers[order].image");
  expect(readablePath({ list: [{ port: 1 }] }, ["list", 0, "port"])).toBe("list[0].port");
});
