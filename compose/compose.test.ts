import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { services } from "../services/index.ts";
import { COMPOSE_FILE, composeFile } from "./generate.ts";

interface Container {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly cap_drop: readonly string[];
}
const text = composeFile(services);
const containers: Readonly<Record<string, Container>> = parse(text).services;

test("compose.yaml is what the descriptions say; npm run compose writes it", () => {
  expect(readFileSync(COMPOSE_FILE, "utf8")).toBe(text);
});

test("every service is there, its database migrated before it", () => {
  for (const { name, database } of services) {
    expect(containers[name]?.command).toEqual(["serve"]);
    const before = Object.keys(containers[name]?.depends_on ?? {});
    expect(before.includes(`${name}-migrate`)).toBe(database !== undefined);
  }
});

test("nobody waits for what is not there, and nothing is reached from outside but by loopback", () => {
  for (const [name, { depends_on = {}, ports = [], cap_drop }] of Object.entries(containers)) {
    for (const needed of Object.keys(depends_on)) expect(containers, name).toHaveProperty(needed);
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    expect(cap_drop, name).toEqual(["ALL"]);
  }
});

test("a service mounts its own secrets and no others", () => {
  for (const { name } of services) {
    const secrets = containers[name]?.volumes?.filter((volume) => volume.includes("-secrets:"));
    expect(secrets).toEqual([`${name}-secrets:/run/secrets/tradestack:ro`]);
  }
});

describe("the credentials", () => {
  /** Runs the script in a folder of its own; only root could give files away. */
  function makeCredentials(): string {
    const folder = mkdtempSync(join(tmpdir(), "tradestack-compose-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "chown"), "#!/bin/sh\n");
    chmodSync(join(folder, "chown"), 0o755);
    run(folder);
    return folder;
  }
  const run = (folder: string) =>
    execFileSync(join(import.meta.dirname, "credentials.sh"), {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        STORES: join(folder, "stores"),
        OWNERS: join(folder, "services"),
        SERVICES: containers.credentials?.environment?.SERVICES,
      },
    });
  const read = (...path: string[]) => readFileSync(join(...path), "utf8");

  test("are a file for every variable that names one", () => {
    const folder = makeCredentials();
    for (const { name } of services) {
      const wanted = Object.entries(containers[name]?.environment ?? {})
        .filter(([variable]) => variable.endsWith("_FILE"))
        .map(([, path]) => path.slice("/run/secrets/tradestack/".length));
      expect(readdirSync(join(folder, "services", name)).sort()).toEqual(wanted.sort());
      for (const file of wanted) expect(read(folder, "services", name, file)).toMatch(/^\S{43,}$/);
    }
  });

  test("are made once", () => {
    const folder = makeCredentials();
    const before = read(folder, "stores", "postgres", "10-databases.sql");
    run(folder);
    expect(read(folder, "stores", "postgres", "10-databases.sql")).toBe(before);
  });

  test("let each into its own part of Redis alone", () => {
    const rules = read(makeCredentials(), "stores", "redis", "users.acl");
    for (const { name, cache } of services) {
      const rule = rules.split("\n").filter((line) => line.startsWith(`user ${name} `));
      expect(rule).toHaveLength(cache === undefined ? 0 : 1);
      for (const line of rule) expect(line.match(/~\S+/g)).toEqual([`~${name}:*`]);
    }
  });
});
