/**
 * `npm run machines -- --stack NAME --out FOLDER`: writes what the machines of a cluster on virtual machines are given,
 * and the kubeconfig with which it is reached once they run. Everything follows from the stack's settings and its master
 * key, so the cluster need not be there, and writing it again gives the same.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readOptions, UsageError } from "../command-line/options.ts";
import { loadBalancerUserData } from "../components/clusters/load-balancer/user-data.ts";
import { clusterBalancer } from "../components/clusters/vm/balancer.ts";
import { checkCluster } from "../components/clusters/vm/check.ts";
import { administratorConfig } from "../components/clusters/vm/identity.ts";
import { agentUserData, serverUserData } from "../components/clusters/vm/user-data.ts";
import { derivePassword } from "../components/credentials.ts";
import { SettingsError } from "../settings/error.ts";
import { SECRET_LABEL, type VmTarget } from "../settings/vm.ts";
import { exitCodeOf, tell } from "./failure.ts";
import type { Stack } from "./stack/read.ts";
import { readSettings } from "./stack/wanted.ts";

const USAGE = `Usage: npm run machines -- --stack NAME --out FOLDER [--key-stdin]

  --key-stdin   the master key comes on standard input, as only Pulumi can read an encrypted one:
                pulumi config get tradestack:masterKey --stack NAME | npm run machines -- --stack NAME --out FOLDER --key-stdin`;

/**
 * What each machine of a cluster is given, and the kubeconfig, by the name of its file.
 *
 * @param masterKey The stack's, in base64.
 */
export function machineFiles(
  { name, args, balanced }: VmTarget,
  masterKey: string,
  now: Date,
): Record<string, string> {
  const cluster = checkCluster(name, { ...args, secret: derivePassword(masterKey, SECRET_LABEL) });
  const files: Record<string, string> = { kubeconfig: administratorConfig(cluster, now) };
  for (const index of cluster.servers.keys()) {
    files[`server-${index + 1}.yaml`] = serverUserData(cluster, index);
  }
  files["agent.yaml"] = agentUserData(cluster);
  if (balanced === undefined) return files;
  const balancer = clusterBalancer(balanced);
  files["balancer-1.yaml"] = loadBalancerUserData(balancer, 0);
  if (balancer.standby !== undefined) files["balancer-2.yaml"] = loadBalancerUserData(balancer, 1);
  return files;
}

/** The master key as far as it can be read here; a dev stack's is made where there is none. */
function masterKeyOf({ name, project, encrypted }: Stack): string {
  const key = `${project}:masterKey`;
  if (encrypted.includes(key)) {
    throw new UsageError(`${key} is encrypted, and only Pulumi can read it\n\n${USAGE}`);
  }
  return String(readSettings(name, "make").stack.config[key]);
}

async function main(argv: readonly string[]): Promise<void> {
  const options = readOptions(argv, {
    stack: { type: "string" },
    out: { type: "string" },
    "key-stdin": { type: "boolean" },
    help: { type: "boolean" },
  });
  if (options.flag("help")) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [name, folder] = [options.text("stack"), options.text("out")];
  if (name === undefined || folder === undefined || options.words.length > 0) throw new UsageError(USAGE);
  const given = options.flag("key-stdin") ? (await text(process.stdin)).trim() : undefined;
  const { stack, settings } = readSettings(name, "any");
  if (settings.cluster.kind !== "vm") {
    throw new SettingsError(
      `stack "${name}" is for a cluster of kind ${settings.cluster.kind}, which has no machines to be told anything`,
    );
  }
  const files = machineFiles(settings.cluster, given ?? masterKeyOf(stack), new Date());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(folder, file), content, { mode: 0o600 });
  }
  process.stdout.write(`${folder}: ${Object.keys(files).join(", ")}\n`);
  process.stdout.write("Whoever reads the files of the servers, or the kubeconfig, owns the cluster.\n");
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${tell(error).join("\n")}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
