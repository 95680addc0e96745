import { openCluster } from "../../deploy/cluster.ts";
import {
  ClusterError,
  clusterFlags,
  type Cluster as KubectlTarget,
  namesOf,
} from "../../deploy/kubernetes/cluster.ts";
import type { Objects } from "../../deploy/kubernetes/objects.ts";
import {
  asObject,
  asObjects,
  asText,
  type KubernetesObject,
  titleOf,
} from "../../deploy/manifests/manifest.ts";
import { readSettings } from "../../deploy/stack/wanted.ts";
import { urlsOf } from "../../deploy/urls.ts";
import { readinessOf } from "../../deploy/watch/readiness.ts";
import { CONFIRMATION_VARIABLE, CONTEXT_VARIABLE } from "../../settings/cluster.ts";
import { refuseProduction, refuseProductionStack } from "../runner/consent.ts";
import { Cluster } from "./cluster.ts";
import { Shop } from "./shop.ts";

/** Connections that a load may have open at the same time; more than any drill's, so that none waits for one. */
const CONNECTIONS = 1024;

/** There is a cluster, but no platform on it that a drill could be held on. */
export class PlatformError extends Error {
  override readonly name = "ClusterError";
}

/** Which platform drills are held on. */
export interface PlatformOptions {
  readonly stack: string;
  /** Context of an existing cluster, instead of the one the stack names. */
  readonly context: string | undefined;
  /** Where its ingress listens; undefined: where the sandbox or the Ingress says. */
  readonly url: string | undefined;
  /** The production context that is really meant. */
  readonly yesReally: string | undefined;
}

/** The platform that drills are held on. */
export interface Platform {
  readonly stack: string;
  readonly namespace: string;
  /** Name of the kubeconfig context. */
  readonly context: string;
  /** Namespace of the ingress controller. */
  readonly ingressNamespace: string;
  readonly cluster: Cluster;
  /** How kubectl is run, where {@link cluster} has no word for what is wanted. */
  readonly target: KubectlTarget;
  readonly objects: Objects;
  readonly shop: Shop;
  close(): Promise<void>;
}

/**
 * Opens the platform of a stack.
 *
 * @throws {SettingsError} where it is production and nobody said that this is meant. @throws {ClusterError} where there
 *   is no cluster, or nothing on it.
 */
export async function openPlatform({ stack, context, url, yesReally }: PlatformOptions): Promise<Platform> {
  if (context !== undefined) process.env[CONTEXT_VARIABLE] = context;
  if (yesReally !== undefined) process.env[CONFIRMATION_VARIABLE] = yesReally;
  const { settings } = readSettings(stack, "any");
  refuseProductionStack(settings, yesReally);
  const { namespace } = settings;
  const { cluster: target, objects, sandbox, close } = await openCluster(settings);
  try {
    refuseProduction(settings, { context: target.context, others: await namesOf(target) }, yesReally);
    const ingresses = await objects.in(namespace, "networking.k8s.io/v1", "Ingress");
    if (ingresses.length === 0) {
      throw new PlatformError(
        `there is no platform in namespace ${namespace} of context "${target.context}"; ` +
          `bring it up with "npm run up -- --stack ${stack}"`,
      );
    }
    const [told = ""] = urlsOf(ingresses, sandbox?.ingress.http);
    const origin = url ?? (sandbox === undefined ? told : `http://${sandbox.ingress.http}`);
    if (!URL.canParse(origin)) {
      throw new ClusterError(
        `nobody says where the ingress of context "${target.context}" listens; say it with --url`,
      );
    }
    const host = URL.canParse(told) ? new URL(told).host : new URL(origin).host;
    const shop = new Shop(origin, host, CONNECTIONS);
    return {
      stack,
      namespace,
      context: target.context,
      ingressNamespace: settings.ingress.namespace,
      target,
      cluster: new Cluster(origin, target.kubectl, clusterFlags(target)),
      objects,
      shop,
      async close() {
        close();
        await shop.leave();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** What keeps a platform from being well, one line for each; none where it is. */
export async function complaintsOf({ objects, namespace }: Platform): Promise<string[]> {
  const workloads = await Promise.all(
    ["Deployment", "StatefulSet"].map((kind) => objects.in(namespace, "apps/v1", kind)),
  );
  const unready = workloads.flat().flatMap((workload) => {
    const { state, note } = readinessOf(workload);
    return state === "ready" ? [] : [`${titleOf(workload)}: ${note}`];
  });
  const pods = await objects.in(namespace, "v1", "Pod");
  const stuck = pods
    .filter((pod) => !isOfJob(pod))
    .flatMap((pod) =>
      asObjects(asObject(pod.status).containerStatuses).flatMap(({ name, ready }) =>
        ready === true ? [] : [`${titleOf(pod)}: container ${asText(name)} is not ready`],
      ),
    );
  return [...unready, ...stuck];
}

/** Whether a pod is there to come to an end, whichever. */
const isOfJob = ({ metadata }: KubernetesObject): boolean =>
  asObjects(metadata.ownerReferences).some(({ kind }) => kind === "Job");

/**
 * Waits until the platform is well.
 *
 * @throws {PlatformError} telling what is not, when time is up.
 */
export async function untilWell(platform: Platform, seconds: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const complaints = await complaintsOf(platform).catch((error: unknown) => [String(error)]);
    if (complaints.length === 0) return;
    if (performance.now() > deadline) {
      throw new PlatformError(`the platform is not well after ${seconds} s: ${complaints.join("; ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    signal.throwIfAborted();
  }
}
