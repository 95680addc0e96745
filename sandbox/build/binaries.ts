/** Compiles the sandbox's programs from their pinned modules, once for each state of the sources. */

import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommandError, run } from "../command.ts";
import { KUBERNETES_VERSION } from "../node/layout.ts";

const MODULES = join(import.meta.dirname, "..", "go");

/** A program and where its source is. */
export interface GoProgram {
  readonly name: string;
  /** Folder of its module under `sandbox/go`. Default: its name. */
  readonly module?: string;
  /** The package to compile, as seen from the module. */
  readonly packagePath: string;
  readonly linkerFlags: string;
  /** Build tags. Default: none. */
  readonly tags?: readonly string[];
}

/** A program of the node. */
export interface Binary extends GoProgram {
  readonly name: "node" | "network-policy-cni" | "kube" | "traefik";
}

const versionOf = (packagePath: string): string => {
  const [major, minor] = KUBERNETES_VERSION.split(".");
  return Object.entries({
    gitVersion: `v${KUBERNETES_VERSION}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
  })
    .map(([name, value]) => `-X ${packagePath}.${name}=${value}`)
    .join(" ");
};

/** Every program of the sandbox, the quickest to compile first. */
export const binaries: readonly Binary[] = [
  { name: "node", packagePath: ".", linkerFlags: "" },
  { name: "network-policy-cni", module: "kube", packagePath: "./networkpolicy/cni", linkerFlags: "" },
  {
    name: "kube",
    packagePath: ".",
    linkerFlags: `${versionOf("k8s.io/component-base/version")} ${versionOf("k8s.io/client-go/pkg/version")}`,
  },
  { name: "traefik", packagePath: "github.com/traefik/traefik/v3/cmd/traefik", linkerFlags: "" },
];

/** Compiled programs by name: each one's path. */
export type BinaryPaths = Readonly<Record<Binary["name"], string>>;

/**
 * Where each program is or will be: its name carries a hash of all that it is compiled from, so that a changed
 * source, pin or compiler gives another path and an unchanged one is never compiled again.
 *
 * @param directory Where compiled programs are kept.
 * @param goVersion What `go version` says.
 */
export function binaryPaths(directory: string, goVersion: string): BinaryPaths {
  const paths = binaries.map((binary) => [binary.name, programPath(binary, directory, goVersion)]);
  return Object.fromEntries(paths);
}

/** As {@link binaryPaths}, for one program. */
export function programPath(program: GoProgram, directory: string, goVersion: string): string {
  const flags = [program.linkerFlags, ...(program.tags ?? [])].join(" ");
  const key = sourceKey(moduleOf(program), `${goVersion}\n${flags}`);
  return join(directory, `${program.name}-${key}`);
}

const moduleOf = (program: GoProgram): string => join(MODULES, program.module ?? program.name);

/**
 * A hash of a module's sources.
 *
 * @param module Folder of the module; its tests do not count.
 * @param salt What else the result depends on.
 * @returns 16 hexadecimal digits.
 */
export function sourceKey(module: string, salt: string): string {
  const hash = createHash("sha256").update(salt);
  const sources = globSync(["go.mod", "go.sum", "**/*.go"], { cwd: module })
    .filter((path) => !path.endsWith("_test.go"))
    .sort();
  for (const path of sources) {
    const content = readFileSync(join(module, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * The version that a module is pinned to.
 *
 * @param name Whose go.mod is read.
 * @param module Its path, such as `github.com/coredns/coredns`.
 * @throws {CommandError} when go.mod does not name it.
 */
export function pinnedVersion(name: Binary["name"], module: string): string {
  const text = readFileSync(join(MODULES, name, "go.mod"), "utf8");
  const lines = text.split("\n").map((line) => line.replace(/^require /, "").trim());
  const version = lines.find((line) => line.startsWith(`${module} `))?.split(" ")[1];
  if (version === undefined) throw new CommandError(`sandbox/go/${name}/go.mod: requires no ${module}`);
  return version.replace(/^v/, "");
}

/** What `go version` says. */
export async function goVersion(): Promise<string> {
  return (await run(["go", "version"])).trim();
}

/**
 * Compiles one program. Interrupted or failed, it leaves nothing behind but Go's own cache, from which the next
 * attempt goes on.
 *
 * @param path Where the result goes, from {@link binaryPaths}.
 * @param detail Takes what is being compiled or downloaded.
 * @throws {CommandError} with the compiler's words.
 */
export async function compile(
  binary: GoProgram,
  path: string,
  detail: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const directory = join(path, "..");
  mkdirSync(directory, { recursive: true });
  const unfinished = `${path}.unfinished`;
  const tags = `-tags=${(binary.tags ?? []).join(",")}`;
  const options = {
    cwd: moduleOf(binary),
    env: { CGO_ENABLED: "0", GOFLAGS: "-trimpath -buildvcs=false -mod=readonly" },
    signal,
  };
  try {
    detail("reading the modules");
    const stale = await run(
      ["go", "list", "-deps", tags, "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", binary.packagePath],
      { ...options, onLine: (line) => line.startsWith("go: downloading") && detail(line.slice(4)) },
    );
    detail("compiling");
    const total = stale.split("\n").filter(Boolean).length;
    const compiled: string[] = [];
    const flags = ["-v", tags, "-ldflags", `-s -w ${binary.linkerFlags}`, "-o", unfinished];
    await run(["go", "build", ...flags, binary.packagePath], {
      ...options,
      onLine: (line) => {
        if (!/^[\w.~/-]+$/.test(line)) return;
        compiled.push(line);
        detail(`package ${compiled.length} of ${Math.max(total, compiled.length)}: ${line}`);
      },
    });
    renameSync(unfinished, path);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`compiling ${binary.name} failed; ${error.message}`, { cause: error });
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Removes what older sources were compiled to. */
export function removeStaleBinaries(directory: string, paths: BinaryPaths): void {
  const ours = new RegExp(`^(${binaries.map(({ name }) => name).join("|")})-[0-9a-f]{16}(\\.unfinished)?$`);
  const current: readonly string[] = Object.values(paths);
  for (const entry of existsSync(directory) ? readdirSync(directory) : []) {
    if (ours.test(entry) && !current.includes(join(directory, entry))) rmSync(join(directory, entry));
  }
}
