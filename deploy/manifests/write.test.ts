import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { toStream, toYaml, writeFiles } from "./write.ts";

const service = (name: string, spec = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "shop" },
  spec,
});
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };

test("the same object is the same text, whatever the order of its fields", () => {
  const text = toYaml(service("web", { b: 1, a: { name: "x", d: "yes", c: "null" } }));
  const { apiVersion, kind, metadata } = service("web");
  expect(toYaml({ kind, spec: { a: { c: "null", d: "yes", name: "x" }, b: 1 }, metadata, apiVersion })).toBe(
    text,
  );
  expect(text).toMatch(/^apiVersion: v1\nkind: Service\nmetadata:\n {2}name: web\n/);
});

test("a stream reads back as the objects it was made of", () => {
  const objects = [namespace, service("web", { text: "a: b\n---\nc", on: "on", number: "0123" })];
  expect(parseAllDocuments(toStream(objects)).map((document) => document.toJS())).toEqual(objects);
});

test("files of objects that are gone are removed, and nobody else's", () => {
  const directory = mkdtempSync(join(tmpdir(), "tradestack-render-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "own.yaml"), "mine: true\n");
  writeFiles([namespace, service("web"), service("api")], directory);
  writeFiles([namespace, service("web")], directory);
  // In the order of their names a Namespace comes before what is in it.
  expect(readdirSync(directory).sort()).toEqual([
    "00-namespace-shop.yaml",
    "16-service-shop-web.yaml",
    "own.yaml",
  ]);
  expect(readFileSync(join(directory, "own.yaml"), "utf8")).toBe("mine: true\n");
});
