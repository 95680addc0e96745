import { expect, test } from "vitest";
import { parseManifests } from "./manifests.ts";

const named = (text: string) =>
  parseManifests(text, "a.yaml").map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const SERVICE = "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n";

test("reads a stream of documents, empty ones left out", () => {
  expect(named(`---\n# a comment\n---\n${SERVICE}---\n${SERVICE.replace("web", "api")}`)).toEqual([
    "Service web",
    "Service api",
  ]);
});

test("reads JSON, and Lists as what they hold", () => {
  const item = { apiVersion: "v1", kind: "Service", metadata: { name: "web" } };
  const list = {
    apiVersion: "v1",
    kind: "List",
    items: [item, { apiVersion: "v1", kind: "ServiceList", items: [item] }],
  };
  expect(named(JSON.stringify(list))).toEqual(["Service web", "Service web"]);
});

test.each([
  [
    "kind: Service",
    "a.yaml, document 1 is no Kubernetes object; it needs apiVersion, kind and metadata.name",
  ],
  [`${SERVICE}---\njust words`, "a.yaml, document 2 is no Kubernetes object"],
  ['{"kind": "List", "items": [{}]}', "a.yaml, document 1, item 1 is no Kubernetes object"],
  ["a: [", "a.yaml is not YAML"],
])("%j is refused by its place", (text, message) => {
  expect(() => parseManifests(text, "a.yaml")).toThrow(message);
});
