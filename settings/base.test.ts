import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { baseOf, overBase } from "./base.ts";
import { readOverBase } from "./base-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tradestack-bases-"));
  writeFileSync(
    join(folder, "small.yaml"),
    "redis: { replicas: 1, storage: 1Gi }\ningress: { className: nginx }\n",
  );
  writeFileSync(join(folder, "empty.yaml"), "");
  writeFileSync(join(folder, "secret.yaml"), "masterKey: abc\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a stack's settings win over its base's, key by key", () => {
  const own = { base: "small", redis: { storage: "5Gi" }, registry: "registry.example.com/shop" };
  expect(readOverBase(own, "small", folder)).toEqual({
    redis: { replicas: 1, storage: "5Gi" },
    ingress: { className: "nginx" },
    registry: "registry.example.com/shop",
  });
});

test("lists are replaced, and null takes away", () => {
  const base = { ports: [1, 2], redis: { replicas: 3, storage: "1Gi" }, ingress: { host: "a.example" } };
  expect(overBase({ ports: [3], redis: { replicas: null }, ingress: null }, base, "x")).toEqual({
    ports: [3],
    redis: { storage: "1Gi" },
  });
});

test("without a base nothing changes, and over the same settings nothing either", () => {
  const settings = fc.dictionary(
    fc.constantFrom("redis", "broker", "ingress"),
    fc.oneof(fc.integer(), fc.array(fc.integer()), fc.dictionary(fc.constantFrom("a", "b"), fc.integer())),
  );
  fc.assert(
    fc.property(settings, (own) => {
      expect(overBase(own, {}, "x")).toEqual(own);
      expect(overBase(own, own, "x")).toEqual(own);
      expect(overBase({}, own, "x")).toEqual(own);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["smal", /there is no base "smal" \(did you mean "small"\?\); there are empty, secret, small/],
  ["empty", /settings\/bases\/empty\.yaml holds no settings; write keys/],
  ["secret", /settings\/bases\/secret\.yaml: masterKey is a stack's own; remove it there/],
])("the base %s is refused", (name, message) => {
  expect(() => readOverBase({}, name, folder)).toThrow(message);
});

test("a base is named, and is no path", () => {
  expect(baseOf({})).toBeUndefined();
  expect(baseOf({ base: "small" })).toBe("small");
  for (const base of ["../secrets", "", 3, "a.yaml"]) {
    expect(() => baseOf({ base })).toThrow(/^tradestack:base: .* is not the name of a base; write/);
  }
});
