/** Runs BuildKit for as long as something is being built, and no longer. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { compile, type GoProgram, goVersion, programPath } from "../build/binaries.ts";
import { succeeds, waitFor } from "../command.ts";
import { removeCgroups } from "../node/cgroups.ts";
import type { Step } from "../progress.ts";
import { ImageBuildError } from "./errors.ts";
import type { ImagesLayout } from "./layout.ts";

const program = (name: "buildkitd" | "buildctl"): GoProgram => ({
  name,
  module: "buildkit",
  packagePath: `github.com/moby/buildkit/cmd/${name}`,
  linkerFlags: "",
});

/** BuildKit's server and its client, compiled. */
export interface BuildkitPrograms {
  readonly server: string;
  readonly client: string;
}

/**
 * Where BuildKit's programs are or will be, and the steps that compile those that are missing.
 *
 * @throws {CommandError} when there is no Go on the PATH.
 */
export async function buildkitPrograms(
  layout: ImagesLayout,
  signal?: AbortSignal,
): Promise<{ readonly programs: BuildkitPrograms; readonly steps: readonly Step[] }> {
  const version = await goVersion();
  const path = (name: "buildkitd" | "buildctl") => programPath(program(name), layout.bin, version);
  const steps = (["buildkitd", "buildctl"] as const)
    .filter((name) => !existsSync(path(name)))
    .map(
      (name): Step => ({
        title: `Compiling ${name}`,
        work: (detail) => compile(program(name), path(name), detail, signal),
      }),
    );
  return { programs: { server: path("buildkitd"), client: path("buildctl") }, steps };
}

/**
 * Runs BuildKit while some work is done. It has namespaces of its own, so that its processes and mounts end with it
 * even when this process is killed.
 *
 * @param work Gets the command line of the client, to which a sub-command is added.
 */
export async function withBuildkit<T>(
  layout: ImagesLayout,
  programs: BuildkitPrograms,
  work: (client: readonly string[]) => Promise<T>,
): Promise<T> {
  const client = [programs.client, "--addr", `unix://${layout.socket}`];
  mkdirSync(layout.cache, { recursive: true, mode: 0o700 });
  writeFileSync(layout.config, settings(layout));
  rmSync(layout.socket, { force: true });
  const server = start(layout, programs.server);
  try {
    await waitFor(
      "BuildKit",
      30,
      async () => {
        if (hasEnded(server)) throw new ImageBuildError(`BuildKit ended at once: ${lastWords(layout)}`);
        return await succeeds([...client, "debug", "workers"], { timeout: 5000 });
      },
      { detail: () => `; its log is ${layout.log}` },
    );
    return await work(client);
  } finally {
    await stop(server);
    rmSync(layout.socket, { force: true });
    removeCgroups(layout.cgroup);
  }
}

/** Builds use the machine's own network, as the package manager in them does what the machine's own can do. */
function settings(layout: ImagesLayout): string {
  return `root = "${layout.cache}"
[grpc]
  address = ["unix://${layout.socket}"]
[worker.containerd]
  enabled = false
[worker.oci]
  enabled = true
  snapshotter = "overlayfs"
  networkMode = "host"
  defaultCgroupParent = "/${layout.cgroup}"
  gc = true
  maxUsedSpace = "2GB"
`;
}

function start(layout: ImagesLayout, server: string): ChildProcess {
  const log = openSync(layout.log, "w", 0o640);
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const command = ["--pdeathsig", "KILL", "--", ...namespaces, server, "--config", layout.config];
  try {
    const PATH = `${process.env.PATH}:/usr/sbin:/sbin`; // where runc is
    return spawn("setpriv", command, {
      stdio: ["ignore", log, log],
      cwd: "/",
      env: { ...process.env, PATH },
    });
  } finally {
    closeSync(log);
  }
}

const lastWords = (layout: ImagesLayout): string =>
  readFileSync(layout.log, "utf8").trim().split("\n").slice(-3).join(" | ");

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** unshare passes no signal on, so that its child is asked to end, and itself only made to. */
async function stop(server: ChildProcess): Promise<void> {
  if (hasEnded(server) || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const child = Number(readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").trim());
  if (child > 0) process.kill(child, "SIGTERM");
  const impatience = setTimeout(() => server.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(impatience);
}
