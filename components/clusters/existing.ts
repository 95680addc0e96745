import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { SettingsError } from "../../settings/error.ts";
import { suggestion } from "../../settings/section.ts";

/** A context of a kubeconfig, and all the names by which its cluster can be told. */
export interface KubeContext {
  readonly name: string;
  /** Path of the file, or of several. */
  readonly kubeconfig: string;
  /** Names of the cluster, its server and the context's namespace. */
  readonly aliases: readonly string[];
}

/** The parts of a kubeconfig that are read here. */
interface KubeConfig {
  readonly contexts?: readonly { name: string; context?: { cluster?: string; namespace?: string } }[];
  readonly clusters?: readonly { name: string; cluster?: { server?: string } }[];
}

/**
 * Finds a context, which must be named: the current one is never used.
 *
 * @param name Name of the context.
 * @param path Path of the kubeconfig. Default: `$KUBECONFIG`, else `~/.kube/config`.
 * @throws {SettingsError} when there is no such file or context.
 */
export function findContext(
  name: string,
  path: string | undefined,
  variables: NodeJS.ProcessEnv = process.env,
): KubeContext {
  const kubeconfig = path ?? (variables.KUBECONFIG || join(homedir(), ".kube", "config"));
  const files = kubeconfig.split(delimiter).map(readKubeconfig);
  const contexts = files.flatMap((file) => file.contexts ?? []);
  const found = contexts.find((context) => context.name === name);
  if (found === undefined) {
    const names = contexts.map((context) => context.name);
    throw new SettingsError(
      `context "${name}" is not in ${kubeconfig}${suggestion(name, names)}; it holds ${names.join(", ") || "none"}`,
    );
  }
  const { cluster, namespace } = found.context ?? {};
  const server = files.flatMap((file) => file.clusters ?? []).find((entry) => entry.name === cluster)
    ?.cluster?.server;
  const aliases = [cluster, namespace, server].filter((alias) => alias !== undefined);
  return { name, kubeconfig, aliases };
}

function readKubeconfig(path: string): KubeConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new SettingsError(
      `kubeconfig ${path} cannot be read; name another in tradestack:cluster.kubeconfig or KUBECONFIG, or use the sandbox (kind: sandbox)`,
    );
  }
  return (parse(text) ?? {}) as KubeConfig;
}
