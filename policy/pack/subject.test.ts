import { expect, test } from "vitest";
import { subjectOf } from "./subject.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const told = (parents: string) => ({
  type: DEPLOYMENT,
  name: "web",
  urn: `urn:pulumi:prod::shop::${parents}${DEPLOYMENT}::web`,
  props: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
});
const judged = (parents: string) => subjectOf([told(parents)]).manifests.length;

test("what the charts of a mesh make is not judged, and what any other chart makes is", () => {
  const chart = "kubernetes:helm.sh/v4:Chart$";
  expect(judged("")).toBe(1);
  expect(judged(`shop:index:Search$${chart}`)).toBe(1);
  expect(judged("tradestack:index:ServiceMesh$")).toBe(1);
  expect(judged(`tradestack:index:ServiceMesh$${chart}`)).toBe(0);
});
