import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "./build.ts";

const ROOT = join(import.meta.dirname, "..");
/** A fresh folder, outside of this repository. */
const home = mkdtempSync(join(tmpdir(), "tradestack-package-test-"));
const built = join(home, "built");
const consumer = join(home, "consumer");
const installed = join(consumer, "node_modules");
const run = (command: string, args: string[], cwd = consumer): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

let tarball: Buffer;
beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  // Whatever is in this folder finds the packages that are installed here, but for the one that is under test.
  mkdirSync(join(home, "node_modules"));
  for (const name of readdirSync(join(ROOT, "node_modules")).filter((entry) => entry !== "tradestack")) {
    symlinkSync(join(ROOT, "node_modules", name), join(home, "node_modules", name));
  }
  buildPackage(built);
  const pack = (): Buffer => readFileSync(join(home, run("npm", ["pack", "--silent", built], home).trim()));
  tarball = pack();
  const [file = ""] = readdirSync(home).filter((name) => name.endsWith(".tgz"));
  run("tar", ["-xzf", join(home, file), "-C", home], home);
  run("mv", [join(home, "package"), join(installed, "tradestack")], home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("the same sources are the same package, byte for byte", () => {
  const again = join(home, "again");
  buildPackage(again);
  mkdirSync(join(home, "packed"));
  const file = run("npm", ["pack", "--silent", again], join(home, "packed")).trim();
  expect(readFileSync(join(home, "packed", file)).equals(tarball)).toBe(true);
});

test("it holds no path of this machine, no test, and only packages whose version is exact", () => {
  const files = readdirSync(built, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const { parentPath, name } of files) {
    expect(name).not.toMatch(/\.test\./);
    expect(readFileSync(join(parentPath, name), "utf8"), name).not.toContain(ROOT);
  }
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(built, "package.json"), "utf8"));
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(peerDependencies)).toEqual(["@pulumi/kubernetes", "@pulumi/pulumi"]);
});

test("a TypeScript program type-checks against it and makes its resources", () => {
  for (const file of ["index.ts", "package.json"]) {
    writeFileSync(join(consumer, file), readFileSync(join(ROOT, "examples/consumer", file)));
  }
  writeFileSync(
    join(consumer, "wrong.ts"),
    `import { Microservice } from "tradestack";
     // @ts-expect-error everything is missing; were the types not found, nothing would be an error
     new Microservice("x", {});`,
  );
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", "node"];
  run(join(ROOT, "node_modules/.bin/tsc"), [...options, "--ignoreConfig", "index.ts", "wrong.ts"]);
  writeFileSync(
    join(consumer, "mocks.ts"),
    `import * as pulumi from "@pulumi/pulumi";
     const made: string[] = [];
     await pulumi.runtime.setMocks({
       newResource: (args) => { made.push(args.type); return { id: args.name, state: args.inputs }; },
       call: (args) => args.inputs,
     }, "consumer", "dev");
     const keys = ["namespace", "image", "password", "replicaPassword", "sentinelPassword", "probePassword"];
     pulumi.runtime.setAllConfig(Object.fromEntries(keys.map((key) => ["consumer:" + key, key])));
     await import("./index.ts");
     await pulumi.runtime.disconnect();
     console.log(JSON.stringify(made));`,
  );
  const made = JSON.parse(run(process.execPath, ["mocks.ts"]));
  expect(made).toEqual(
    expect.arrayContaining([
      "tradestack:index:Microservice",
      "tradestack:index:RedisReplicaSet",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:apps/v1:StatefulSet",
    ]),
  );
}, 120_000);

test("Pulumi's own analyzer finds every component and what each argument means", () => {
  const require = createRequire(join(built, "index.js"));
  const exported = Object.keys(require("./bin/index.js")).filter((name) => /^[A-Z]/.test(name));
  const manifest = require("./package.json");
  const { components, typeDefinitions, dependencies } = new Analyzer(
    built,
    "tradestack",
    manifest,
    new Set(exported),
  ).analyze();
  const schema = generateSchema(
    "tradestack",
    manifest.version,
    manifest.description,
    components,
    typeDefinitions,
    dependencies,
  );
  expect(Object.keys(schema.resources)).toEqual(
    expect.arrayContaining(
      ["Microservice", "RedisReplicaSet", "PostgresServer"].map((name) => `tradestack:index:${name}`),
    ),
  );
  expect(Object.keys(schema.resources)).toHaveLength(exported.length);
  const gaps: string[] = [];
  const look = (place: string, description: string | undefined) => {
    if (description === undefined || /^(undefined)?$|\[object/.test(description)) gaps.push(place);
  };
  for (const [name, resource] of Object.entries(schema.resources)) {
    look(name, resource.description);
    const properties = { ...resource.inputProperties, ...resource.properties };
    for (const [key, { description }] of Object.entries(properties)) look(`${name}.${key}`, description);
  }
  for (const [name, type] of Object.entries(schema.types)) {
    for (const [key, { description }] of Object.entries(type.properties ?? {}))
      look(`${name}.${key}`, description);
  }
  expect(gaps).toEqual([]);
}, 60_000);
