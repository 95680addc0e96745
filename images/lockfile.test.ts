import { expect, test } from "vitest";
import { LockfileError, packageClosure } from "./lockfile.ts";

const locked = {
  "node_modules/web": { version: "1.0.0", integrity: "sha512-w", dependencies: { parser: "^1" } },
  "node_modules/parser": { version: "1.5.0", integrity: "sha512-p1" },
  "services/node_modules/parser": {
    version: "2.0.0",
    integrity: "sha512-p2",
    peerDependencies: { absent: "*" },
  },
  "node_modules/unrelated": { version: "9.0.0", integrity: "sha512-u" },
  "node_modules/broken": { version: "1.0.0", integrity: "sha512-b", dependencies: { gone: "1" } },
};

test("a package brings what it needs, each found as Node finds it", () => {
  expect(packageClosure(locked, ["web"], "services")).toEqual([
    "node_modules/parser 1.5.0 sha512-p1",
    "node_modules/web 1.0.0 sha512-w",
  ]);
  expect(packageClosure(locked, ["parser"], "services")).toEqual([
    "services/node_modules/parser 2.0.0 sha512-p2",
  ]);
  expect(packageClosure(locked, ["parser"], "")).toEqual(["node_modules/parser 1.5.0 sha512-p1"]);
});

test("a package that is not installed is an error that says who imports it and how to install it", () => {
  expect(() => packageClosure(locked, ["fastify"], "services")).toThrow(LockfileError);
  expect(() => packageClosure(locked, ["fastify"], "services")).toThrow(/npm install -w services fastify/);
  expect(() => packageClosure(locked, ["broken"], "services")).toThrow(/"gone", which node_modules\/broken/);
});
