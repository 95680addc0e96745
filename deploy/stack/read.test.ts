import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStack } from "./read.ts";

let root: string;
const write = (file: string, text: string) => writeFileSync(join(root, file), text);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tradestack-stack-"));
  write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
  write("Pulumi.staging.yaml", "config: {}\n");
});
afterEach(() => rmSync(root, { recursive: true }));

test("keys get the project's name, and encrypted values are known as such", () => {
  write(
    "Pulumi.dev.yaml",
    "config:\n  colour: red\n  aws:region: eu-west-1\n  shop:size: { min: 1 }\n  shop:key: { secure: v1:x }\n",
  );
  expect(readStack("dev", root)).toEqual({
    name: "dev",
    project: "shop",
    config: {
      "shop:colour": "red",
      "aws:region": "eu-west-1",
      "shop:size": { min: 1 },
      "shop:key": { secure: "v1:x" },
    },
    encrypted: ["shop:key"],
  });
});

test("an unknown stack names the nearest one and those that exist", () => {
  write("Pulumi.dev.yaml", "config: {}\n");
  expect(() => readStack("stagin", root)).toThrow(
    /"stagin" does not exist; did you mean "staging"\? there are dev, staging/,
  );
  expect(() => readStack("../dev", root)).toThrow(/does not exist/);
});

test("a stack without settings is a stack", () => {
  write("Pulumi.dev.yaml", "");
  expect(readStack("dev", root).config).toEqual({});
});

test("a file that is not YAML is named", () => {
  write("Pulumi.dev.yaml", "config: [");
  expect(() => readStack("dev", root)).toThrow(/Pulumi\.dev\.yaml cannot be read/);
});
