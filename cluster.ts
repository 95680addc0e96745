/** Which cluster the program talks to, and what has to be there before it does. */

import * as pulumi from "@pulumi/pulumi";
import type { KeyRing } from "./components/credentials.ts";
import type { RegistryLoginArgs } from "./components/image/service-image.ts";
import { Provider } from "./components/kubernetes.ts";
import type { ManagedStores, OutsideArgs } from "./components/platform/platform.ts";
import { hasEngine, isUpdate } from "./engine.ts";
import { chosenPorts } from "./sandbox/ports.ts";
import { type ExistingTarget, guardProduction } from "./settings/cluster.ts";
import type { Settings } from "./settings.ts";

/**
 * How the provider changes what is there. Configuration and credentials change in place: by default a ConfigMap or
 * Secret is replaced, and with it every workload that names it, each deleted first because names are fixed. What an
 * interrupted update has made, and had no time to write down, is taken over by the next; by force, because every update
 * owns fields under a name of its own.
 */
const CHANGES = {
  enableConfigMapMutable: true,
  enableSecretMutable: true,
  upsertExistingObjects: true,
  enablePatchForce: true,
};

/** A stack's cluster, and what comes with it. */
export interface Connection {
  readonly provider: Provider;
  /** Where the images of services go, and what they have to run on; undefined: as the settings say. */
  readonly images?: ClusterImages;
  /** What has to be there before the platform. */
  readonly before?: pulumi.Resource[];
  /** What of the cluster is no pod. */
  readonly outside?: OutsideArgs;
  /** Kubeconfig of a cluster that this stack makes, for others to reach it; undefined: it was there before. */
  readonly kubeconfig?: pulumi.Output<string>;
  /** Stores that are made beside it. */
  readonly managed?: ManagedStores;
}

/** What a cluster wants of images. */
export interface ClusterImages {
  readonly registry: pulumi.Input<string>;
  /** Undefined: Docker is logged in there already. */
  readonly login?: RegistryLoginArgs;
  /** Platforms of its nodes, such as `linux/arm64`. */
  readonly platforms: string[];
}

/**
 * The stack's cluster. In an update the sandbox is started first; a preview works without it. One that the stack makes
 * is a resource like any other.
 *
 * @param keys What the identity of a cluster on virtual machines is derived from.
 * @throws {SettingsError} when the kubeconfig or the context is not there, or looks like production to another stack.
 */
export async function connectCluster(settings: Settings, keys: KeyRing): Promise<Connection> {
  const { cluster } = settings;
  if (cluster.kind === "eks") {
    guardProduction(settings.environment, { context: cluster.name, others: [] }, process.env);
    const { makeEks } = await import("./eks.ts");
    return makeEks(cluster, settings, CHANGES);
  }
  if (cluster.kind === "vm") {
    guardProduction(settings.environment, { context: cluster.name, others: [] }, process.env);
    const { makeVm } = await import("./vm.ts");
    return makeVm(cluster, settings, keys, CHANGES);
  }
  if (cluster.kind === "ec2") {
    guardProduction(settings.environment, { context: cluster.name, others: [] }, process.env);
    const { makeEc2 } = await import("./ec2.ts");
    return makeEc2(cluster, settings, keys, CHANGES);
  }
  if (!hasEngine()) return { provider: new Provider("cluster", {}) };
  if (cluster.kind === "reference") {
    const { readStack } = await import("./components/read-stack.ts");
    return {
      provider: new Provider("cluster", { ...CHANGES, kubeconfig: readStack(cluster.stack).kubeconfig }),
    };
  }
  const address = cluster.kind === "existing" ? await existing(cluster, settings) : await sandbox();
  return { provider: new Provider("cluster", { ...CHANGES, ...address }) };
}

interface Address {
  readonly kubeconfig: string;
  readonly context: string;
}

async function existing(target: ExistingTarget, { environment }: Settings): Promise<Address> {
  const { findContext } = await import("./components/clusters/existing.ts");
  const { name, kubeconfig, aliases } = findContext(target.context, target.kubeconfig);
  guardProduction(environment, { context: name, others: aliases }, process.env);
  return { kubeconfig, context: name };
}

async function sandbox(): Promise<Address> {
  const { ensureSandbox, sandboxAddress } = await import("./sandbox/index.ts");
  if (isUpdate()) await ensureSandbox({ onProgress: (line) => void pulumi.log.info(line) });
  // The same in every run: to the provider, another address means another cluster, where all has to be made again.
  return sandboxAddress();
}

/** Where the platform is reached from outside; null where only the ingress controller knows. */
export function publicUrl({ cluster, ingress }: Settings): string | null {
  const { host, tlsSecret, certificateArn } = ingress;
  if (cluster.kind === "sandbox") {
    const { http, https } = chosenPorts();
    return tlsSecret === undefined
      ? `http://${host ?? "127.0.0.1"}:${http}`
      : `https://${host ?? "127.0.0.1"}:${https}`;
  }
  if (host === undefined) return null;
  return `${tlsSecret === undefined && certificateArn === undefined ? "http" : "https"}://${host}`;
}
