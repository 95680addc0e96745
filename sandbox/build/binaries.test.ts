import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KUBERNETES_VERSION } from "../node/layout.ts";
import { binaryPaths, pinnedVersion, removeStaleBinaries, sourceKey } from "./binaries.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tradestack-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (path: string, content: string) => {
  mkdirSync(join(directory, path, ".."), { recursive: true });
  writeFileSync(join(directory, path), content);
};

describe("sourceKey", () => {
  beforeEach(() => {
    write("go.mod", "module x\n");
    write("main.go", "package main\n");
    write("part/part.go", "package part\n");
  });

  it("is the same for the same sources", () => {
    expect(sourceKey(directory, "go1")).toBe(sourceKey(directory, "go1"));
    expect(sourceKey(directory, "go1")).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ["a source", "main.go"],
    ["a source of a package below", "part/part.go"],
    ["a pin", "go.mod"],
    ["a new file", "part/more.go"],
  ])("changes with %s", (_, path) => {
    const before = sourceKey(directory, "go1");
    write(path, "package changed\n");
    expect(sourceKey(directory, "go1")).not.toBe(before);
  });

  it("changes with the compiler, and not with tests or notes", () => {
    const before = sourceKey(directory, "go1");
    expect(sourceKey(directory, "go2")).not.toBe(before);
    write("main_test.go", "package main\n");
    write("README.md", "notes\n");
    expect(sourceKey(directory, "go1")).toBe(before);
  });
});

describe("removeStaleBinaries", () => {
  it("removes older programs and unfinished ones, and nothing else", () => {
    const paths = binaryPaths(directory, "go1");
    const old = "kube-0123456789abcdef";
    for (const name of [old, `${old}.unfinished`, "kubectl", "kube-notes"]) write(name, "");
    writeFileSync(paths.kube, "");
    removeStaleBinaries(directory, paths);
    expect(existsSync(paths.kube)).toBe(true);
    expect(
      readdirSync(directory)
        .filter((name) => !paths.kube.endsWith(name))
        .sort(),
    ).toEqual(["kube-notes", "kubectl"]);
  });
});

describe("pinnedVersion", () => {
  it("reads the modules' own pins, which agree with the version that the sandbox names", () => {
    expect(pinnedVersion("kube", "k8s.io/kubernetes")).toBe(KUBERNETES_VERSION);
    expect(pinnedVersion("traefik", "github.com/traefik/traefik/v3")).toMatch(/^3\.\d+\.\d+$/);
  });

  it("refuses a module that is not there by name", () => {
    expect(() => pinnedVersion("kube", "example.com/nothing")).toThrow(
      /go\.mod: requires no example\.com\/nothing/,
    );
  });
});
