import { expect, test } from "vitest";
import { ApiError } from "../kubernetes/api.ts";
import { explainRefusal } from "./refusal.ts";

const object = (kind: string) => ({ apiVersion: "v1", kind, metadata: { name: "redis", namespace: "shop" } });
const refused = (message: string, causes: { field: string; message: string }[] = []) =>
  new ApiError(422, JSON.stringify({ message, reason: "Invalid", details: { causes } }));

test("a changed claim template comes with the way to keep the data", () => {
  const error = refused("updates to statefulset spec for fields other than 'replicas' are forbidden", [
    { field: "spec.volumeClaimTemplates", message: "forbidden" },
  ]);
  expect(explainRefusal(object("StatefulSet"), error)).toMatch(
    /^statefulset\/redis, spec\.volumeClaimTemplates: .*kubectl delete --cascade=orphan --namespace shop statefulset redis/,
  );
});

test("an immutable selector names the field and the price", () => {
  const error = refused("spec.selector: field is immutable", [
    { field: "spec.selector", message: "field is immutable" },
  ]);
  expect(explainRefusal(object("Deployment"), error)).toMatch(
    /deployment\/redis, spec\.selector: .*accept an interruption/,
  );
});

test("anything else is told in the server's words, field by field", () => {
  const error = refused("Deployment is invalid", [{ field: "spec.replicas", message: "must be at least 0" }]);
  expect(explainRefusal(object("Deployment"), error)).toBe(
    "deployment/redis: spec.replicas: must be at least 0",
  );
  expect(explainRefusal(object("Deployment"), refused("quota exceeded"))).toBe(
    "deployment/redis: quota exceeded",
  );
});
