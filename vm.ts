/** A stack's cluster on virtual machines: what the machines are told, and how it is reached once they are there. */

import { get } from "node:https";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Connection } from "./cluster.ts";
import { LoadBalancer } from "./components/clusters/load-balancer/load-balancer.ts";
import { clusterBalancer } from "./components/clusters/vm/balancer.ts";
import { VmCluster } from "./components/clusters/vm/vm-cluster.ts";
import type { KeyRing } from "./components/credentials.ts";
import { Provider } from "./components/kubernetes.ts";
import { hasEngine, isUpdate } from "./engine.ts";
import { waitFor } from "./sandbox/command.ts";
import { SettingsError } from "./settings/error.ts";
import { SECRET_LABEL, type VmTarget } from "./settings/vm.ts";
import type { Settings } from "./settings.ts";

/** How long a cluster may take from its machines' first start: they fetch k3s, and etcd has to find a majority. */
const PATIENCE_SECONDS = 900;
const ANSWER_MILLISECONDS = 5_000;

/**
 * Describes the cluster, and waits in an update until it answers: its machines are started by somebody else.
 *
 * @param changes How the provider of Kubernetes changes what is there.
 */
export function makeVm(
  { name, args, balanced }: VmTarget,
  settings: Settings,
  keys: KeyRing,
  changes: object,
): Connection {
  const cluster = new VmCluster(name, { ...args, secret: keys.password(SECRET_LABEL) });
  if (balanced !== undefined) new LoadBalancer(name, clusterBalancer(balanced));
  const remedy = 'start its machines with the user data of "npm run machines"';
  return {
    ...whenReady(name, cluster.kubeconfig, remedy, changes),
    ...imagesFor(args.release?.architecture ?? "amd64", settings),
  };
}

/** Images for the machines' processors, which need not be those of the machine that builds them. */
export function imagesFor(
  architecture: string,
  { registry }: Pick<Settings, "registry">,
): Pick<Connection, "images"> {
  return registry === undefined ? {} : { images: { registry, platforms: [`linux/${architecture}`] } };
}

/**
 * The way to a cluster that the stack makes: an update waits until it answers.
 *
 * @param remedy What to do where it does not.
 * @param changes How the provider of Kubernetes changes what is there.
 */
export function whenReady(
  name: string,
  kubeconfig: pulumi.Output<string>,
  remedy: string,
  changes: object,
): Connection {
  if (!hasEngine()) return { provider: new Provider("cluster", {}) };
  const ready = kubeconfig.apply(async (text) => {
    if (isUpdate()) await untilReady(name, text, remedy);
    return text;
  });
  return { provider: new Provider("cluster", { ...changes, kubeconfig: ready }), kubeconfig };
}

/** The parts of a kubeconfig that are needed here. */
interface KubeConfig {
  readonly clusters: readonly { cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { user: Readonly<Record<string, string>> }[];
}

/**
 * Waits until a cluster answers its administrator.
 *
 * @param kubeconfig As {@link VmCluster} gives it.
 * @param remedy What to do where it does not answer.
 * @param tell Told once that it is waited for. Default: Pulumi's log.
 * @throws {SettingsError} when it does not answer, with the last problem and what to do.
 */
export async function untilReady(
  name: string,
  kubeconfig: string,
  remedy: string,
  patienceSeconds: number = PATIENCE_SECONDS,
  tell: (line: string) => void = (line) => void pulumi.log.info(line),
): Promise<void> {
  const config: KubeConfig = parse(kubeconfig);
  const { server = "", "certificate-authority-data": ca = "" } = config.clusters[0]?.cluster ?? {};
  const user = config.users[0]?.user ?? {};
  const identity = {
    ca: decoded(ca),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  };
  // What only an administrator may see: the binding that makes one comes a moment after the API.
  const ask = () => problemOf(`${server}/api/v1/namespaces?limit=1`, identity);
  let problem = await ask();
  if (problem === "") return;
  tell(`waiting up to ${patienceSeconds} s for cluster "${name}" at ${server}: ${problem}`);
  try {
    await waitFor(name, patienceSeconds, async () => {
      problem = await ask();
      return problem === "";
    });
  } catch (cause) {
    throw new SettingsError(
      `cluster "${name}" does not answer at ${server} (${problem}); ${remedy}, then deploy again`,
      { cause },
    );
  }
}

/** What is wrong with an address; empty where nothing is. */
function problemOf(url: string, identity: Readonly<Record<"ca" | "cert" | "key", string>>): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { ...identity, agent: false, timeout: ANSWER_MILLISECONDS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? "" : `status ${response.statusCode}`);
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", ({ message }) => resolve(message));
  });
}

function decoded(base64 = ""): string {
  return Buffer.from(base64, "base64").toString();
}
