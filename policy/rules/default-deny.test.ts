import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { deployment, judge, object } from "../test/objects.ts";
import { defaultDeny } from "./default-deny.ts";

const policy = (changes: JsonObject = {}, namespace = "shop") =>
  object(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    "default-deny",
    { spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ...changes } },
    { namespace },
  );

test("a namespace that denies by default passes, whatever else is allowed", () => {
  const allow = policy({ podSelector: { matchLabels: { app: "web" } }, ingress: [{}] });
  expect(judge(defaultDeny, deployment(), policy(), allow)).toEqual([]);
  expect(judge(defaultDeny, deployment(), policy({ ingress: [], egress: [] }))).toEqual([]);
});

test("nobody has to deny anything where no pod runs", () => {
  expect(judge(defaultDeny, object("v1", "Namespace", "empty"))).toEqual([]);
});

test.each([
  ["for some pods only", policy({ podSelector: { matchLabels: { app: "web" } } })],
  ["one way only", policy({ policyTypes: ["Ingress"] })],
  ["with a rule that lets all out", policy({ egress: [{}] })],
  ["in another namespace", policy({}, "bank")],
])("a denial %s is none", (_how, denial) => {
  const found = judge(defaultDeny, deployment(), deployment(undefined, { name: "api" }), denial);
  expect(found).toMatchObject([{ resource: "Deployment.apps shop/web", path: "metadata.namespace" }]);
  expect(found[0]?.message).toContain('namespace "shop"');
});
