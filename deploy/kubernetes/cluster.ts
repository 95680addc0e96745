import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nearest } from "../../nearest.ts";

/** Runs a command until it ends or its standard input closes, as it does however the process holding it ends. */
const WHILE_STDIN_IS_OPEN = 'exec 3<&0; "$@" 3<&- & pid=$!; (read -r _ <&3; kill $pid 2>&-) & wait $pid';

const NO_KUBECTL =
  "kubectl is not on PATH; install it, or leave out --context to use the sandbox, which brings its own";

/** Where a cluster is and which kubectl speaks to it. */
export interface Cluster {
  /** The kubectl to run: a name on PATH or a path. */
  readonly kubectl: string;
  /** Path of the kubeconfig; kubectl's own default where undefined. */
  readonly kubeconfig: string | undefined;
  /** The context in it. */
  readonly context: string;
}

/** The cluster cannot be used as it was named; the message says what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** An open way to a cluster's API. */
export interface Connection {
  /** A Unix socket that only this user can reach, on which the API answers without further credentials. */
  readonly socketPath: string;
  close(): void;
}

/**
 * Opens a way to a cluster's API through `kubectl proxy` on a private Unix socket, so that every kind of kubeconfig
 * works (client certificates, tokens, cloud log-in helpers) and no process has to be started per request.
 *
 * @throws {ClusterError} where there is no kubectl, or no such context; the message names those that exist.
 */
export async function connect(cluster: Cluster): Promise<Connection> {
  const directory = mkdtempSync(join(tmpdir(), "tradestack-api-"));
  const socketPath = join(directory, "api.sock");
  const command = [cluster.kubectl, ...clusterFlags(cluster), "proxy", `--unix-socket=${socketPath}`];
  const proxy = spawn("sh", ["-c", WHILE_STDIN_IS_OPEN, "sh", ...command], {
    stdio: ["pipe", "pipe", "pipe"],
    // Apart from this terminal's foreground group: Ctrl-C must not cut the way while the state is being told.
    detached: true,
  });
  const end = (): void => {
    proxy.stdin.destroy();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", end);
  const close = (): void => {
    process.off("exit", end);
    end();
  };
  try {
    await serving(proxy);
    proxy.unref();
    return { socketPath, close };
  } catch (error) {
    close();
    throw await explain(error, cluster);
  }
}

/** The kubectl flags that choose a cluster. */
export function clusterFlags(cluster: Cluster): string[] {
  const kubeconfig = cluster.kubeconfig === undefined ? [] : [`--kubeconfig=${cluster.kubeconfig}`];
  return [...kubeconfig, `--context=${cluster.context}`];
}

function serving(proxy: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    proxy.once("error", reject);
    proxy.once("exit", (code) => {
      if (code === 127) reject(new ClusterError(NO_KUBECTL));
      else reject(new ClusterError(said.trim() || "kubectl proxy ended without a word"));
    });
    proxy.stderr?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    proxy.stdout?.on("data", (chunk: Buffer) => {
      if (!chunk.toString().includes("Starting to serve")) return;
      // Read on, or kubectl would end at its next word; but do not stay alive for it.
      for (const pipe of [proxy.stdout, proxy.stderr]) if (pipe instanceof Socket) pipe.resume().unref();
      resolve();
    });
  });
}

async function explain(error: unknown, cluster: Cluster): Promise<unknown> {
  if (!(error instanceof ClusterError) || error.message === NO_KUBECTL) return error;
  const contexts = await contextsOf(cluster);
  if (contexts.includes(cluster.context))
    return new ClusterError(`context "${cluster.context}": ${error.message}`);
  const hint = nearest(cluster.context, contexts);
  return new ClusterError(
    `context "${cluster.context}" is not in the kubeconfig${hint ? `; did you mean "${hint}"?` : ";"} ` +
      `it has ${contexts.length > 0 ? contexts.join(", ") : "none; set KUBECONFIG"}`,
  );
}

/**
 * What else a context's cluster is known by: its name in the kubeconfig, and its address.
 *
 * @throws {ClusterError} as {@link connect} does.
 */
export async function namesOf(cluster: Cluster): Promise<string[]> {
  const output = "--output=jsonpath={.clusters[0].name}{'\\n'}{.clusters[0].cluster.server}";
  try {
    const args = [...clusterFlags(cluster), "config", "view", "--minify", output];
    return await linesOf(cluster.kubectl, args);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw await explain(new ClusterError(code === "ENOENT" ? NO_KUBECTL : message), cluster);
  }
}

function contextsOf({ kubectl, kubeconfig }: Cluster): Promise<string[]> {
  const flags = kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`];
  return linesOf(kubectl, [...flags, "config", "get-contexts", "-o", "name"]);
}

async function linesOf(program: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.split("\n").filter(Boolean);
}
