import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findContext } from "./existing.ts";

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tradestack-kubeconfig-"));
  writeFileSync(
    file("shop"),
    `current-context: eu
contexts:
  - name: eu
    context: { cluster: eu-cluster, namespace: shop }
  - name: us
    context: { cluster: us-cluster }
clusters:
  - name: eu-cluster
    cluster: { server: "https://prod.example.com" }
`,
  );
  writeFileSync(file("other"), "contexts: [{ name: kind, context: { cluster: kind } }]\n");
  writeFileSync(file("empty"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a context comes with every name that its cluster is known by", () => {
  expect(findContext("eu", file("shop"))).toEqual({
    name: "eu",
    kubeconfig: file("shop"),
    aliases: ["eu-cluster", "shop", "https://prod.example.com"],
  });
});

test("KUBECONFIG may name several files, and a path given wins over it", () => {
  const variables = { KUBECONFIG: `${file("shop")}:${file("other")}` };
  expect(findContext("kind", undefined, variables)).toMatchObject({ name: "kind", aliases: ["kind"] });
  expect(() => findContext("kind", file("shop"), variables)).toThrow(/context "kind" is not in/);
});

test("the current context is never used: a mistyped one is refused with the one that was meant", () => {
  expect(() => findContext("uss", file("shop"))).toThrow(/"uss" is not in .*mean "us".*it holds eu, us$/);
  expect(() => findContext("eu", file("empty"))).toThrow(/it holds none$/);
});

test("a kubeconfig that is not there is one sentence with the remedy", () => {
  expect(() => findContext("eu", file("absent"))).toThrow(
    /^kubeconfig .*absent cannot be read; name another/,
  );
});
