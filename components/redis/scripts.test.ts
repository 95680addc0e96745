import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PROVISION_SCRIPT } from "../postgres/provision-script.ts";
import { SCRIPTS } from "./scripts.ts";

let root: string;
const path = (...names: string[]) => join(root, ...names);
const write = (file: string, text: string) => {
  mkdirSync(join(path(file), ".."), { recursive: true });
  writeFileSync(path(file), text);
};
/** A program that the scripts call, in place of the real one. */
const standIn = (name: string, script: string) => {
  write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path("bin", name), 0o755);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tradestack-redis-"));
  for (const name of ["replica", "sentinel", "probe"]) write(`run/secrets/redis/${name}`, `pw-${name}`);
  write("etc/redis/redis.conf", "port 6379\n");
  write("etc/redis/sentinel-head.conf", "port 26379\n");
  write("etc/redis/sentinel-tail.conf", "sentinel down-after-milliseconds primary 2000\n");
  mkdirSync(path("data"));
  standIn("redis-server", 'cat "$1"');
  standIn("redis-sentinel", 'cat "$1"');
  standIn("redis-cli", "exit 1");
  standIn("getent", "exit 0");
  standIn("sleep", "exit 0");
});
afterEach(() => rmSync(root, { recursive: true }));

/** Runs a script as in a pod whose root is the test's directory, and gives the lines it printed. */
function run(script: string, pod: string, replicas = 3): string[] {
  const text = (SCRIPTS[script] ?? "").replaceAll(/(?<=[\s"=])\/(data|etc|run)\//g, `${root}/$1/`);
  const env = {
    PATH: `${path("bin")}:${process.env.PATH}`,
    POD_NAME: pod,
    SET: "redis",
    SERVICE: "redis",
    REPLICAS: String(replicas),
    QUORUM: "2",
  };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", text], { env, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.split("\n");
}

/** Lets every Sentinel give these answers to who is primary, one after the other, the last one for ever. */
function sentinelsSay(...answers: string[]): void {
  write("answers", `${answers.join("\n")}\n`);
  standIn(
    "redis-cli",
    `file=${path("answers")}; head -n 1 "$file"; [ "$(wc -l < "$file")" -eq 1 ] || sed -i 1d "$file"`,
  );
}

describe("a server", () => {
  const start = (pod: string, replicas?: number) => run("start-server.sh", pod, replicas);
  const primaryOf = (lines: string[]) =>
    lines.find((line) => line.startsWith("replicaof "))?.replace(/^replicaof (.*) 6379$/, "$1");

  test("at the very first start, pod 0 is primary and the others follow it", () => {
    expect(primaryOf(start("redis-0"))).toBeUndefined();
    rmSync(path("data/redis"), { recursive: true });
    expect(primaryOf(start("redis-2"))).toBe("redis-0.redis");
  });

  test("follows whom the Sentinels name, whatever it was itself", () => {
    sentinelsSay("redis-2.redis");
    write("data/redis/redis.conf", "port 6379\n");
    expect(primaryOf(start("redis-0"))).toBe("redis-2.redis");
  });

  test("comes back as what it was where no Sentinel runs, as after a stop of the whole set", () => {
    write("data/redis/redis.conf", "port 6379\nreplicaof redis-1.redis 6379\n");
    expect(primaryOf(start("redis-0"))).toBe("redis-1.redis");
    write("data/redis/redis.conf", "port 6379\n");
    expect(primaryOf(start("redis-1"))).toBeUndefined();
  });

  test("that was primary a moment ago waits for its successor and follows it", () => {
    sentinelsSay("redis-0.redis", "redis-0.redis", "redis-0.redis", "redis-1.redis");
    expect(primaryOf(start("redis-0"))).toBe("redis-1.redis");
  });

  test("stays primary where no other one can be", () => {
    sentinelsSay("redis-0.redis");
    expect(primaryOf(start("redis-0"))).toBeUndefined();
  });

  test("takes new settings at each start, and keeps its password from others", () => {
    write("data/redis/redis.conf", "port 1\nmaxmemory 1\n");
    const lines = start("redis-1");
    expect(lines).toContain("port 6379");
    expect(lines).not.toContain("maxmemory 1");
    expect(lines).toContain("masterauth pw-replica");
    expect(readFileSync(path("data/redis/redis.conf"), "utf8")).toContain(
      "replica-announce-ip redis-1.redis",
    );
  });

  test("that is alone has nothing to follow or to prove", () => {
    expect(start("redis-0", 1)).toEqual(["port 6379", ""]);
  });
});

describe("a Sentinel", () => {
  const start = (pod: string) => run("start-sentinel.sh", pod);
  const monitored = (lines: string[]) => lines.filter((line) => line.startsWith("sentinel monitor "));

  test("watches whom the server beside it follows, or that server itself", () => {
    write("data/redis/redis.conf", "replicaof redis-2.redis 6379\n");
    expect(monitored(start("redis-1"))).toEqual(["sentinel monitor primary redis-2.redis 6379 2"]);
    rmSync(path("data/sentinel"), { recursive: true });
    write("data/redis/redis.conf", "port 6379\n");
    expect(monitored(start("redis-1"))).toEqual(["sentinel monitor primary redis-1.redis 6379 2"]);
  });

  test("remembers the set, but not settings of before", () => {
    write("data/redis/redis.conf", "port 6379\n");
    write(
      "data/sentinel/sentinel.conf",
      `sentinel myid abc
sentinel monitor primary redis-2.redis 6379 2
sentinel known-replica primary redis-0.redis 6379
sentinel down-after-milliseconds primary 9
`,
    );
    const lines = start("redis-1");
    expect(monitored(lines)).toEqual(["sentinel monitor primary redis-2.redis 6379 2"]);
    expect(lines).toContain("sentinel myid abc");
    expect(lines).toContain("sentinel known-replica primary redis-0.redis 6379");
    expect(lines).not.toContain("sentinel down-after-milliseconds primary 9");
  });
});

test("every script is one that a shell understands", () => {
  for (const [name, text] of Object.entries({ ...SCRIPTS, "provision.sh": PROVISION_SCRIPT })) {
    expect(spawnSync("sh", ["-n"], { input: text, encoding: "utf8" }), name).toMatchObject({ status: 0 });
  }
});
