import { setTimeout as wait } from "node:timers/promises";
import { selectorLabels } from "../../components/labels.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { asNumber, asObject, asText, type KubernetesObject } from "../manifests/manifest.ts";
import { Watch } from "../watch/watch.ts";

/** Annotation of a Deployment that was stopped: how many replicas it had. */
export const STOPPED = "tradestack.dev/replicas-before-restore";
/** How often the cluster is asked, in milliseconds. */
const INTERVAL = 700;

/** What stopping and starting needs. */
export interface ServicesOptions {
  readonly objects: Objects;
  readonly namespace: string;
  /** Told of each service that moved on. */
  readonly onStep: (service: string, note: string) => void;
  readonly signal: AbortSignal;
  /** How long a pod may wait for a node, in seconds. */
  readonly schedulingPatience: number;
}

/**
 * Stops services, and remembers how many replicas each had where an interrupted run finds it again. Their autoscalers
 * leave a Deployment without replicas alone.
 */
export async function stopServices(names: readonly string[], options: ServicesOptions): Promise<void> {
  const { objects, namespace, onStep, signal } = options;
  for (const deployment of await deploymentsOf(names, options)) {
    const replicas = asNumber(asObject(deployment.spec).replicas ?? 1);
    if (replicas === 0) continue;
    await objects.merge(deployment, {
      metadata: { annotations: { [STOPPED]: String(replicas) } },
      spec: { replicas: 0 },
    });
  }
  const pods = await objects.kind("v1", "Pod");
  if (pods === undefined) return;
  await Promise.all(
    names.map(async (name) => {
      const labels = Object.entries(selectorLabels(name))
        .map((pair) => pair.join("="))
        .join(",");
      for (;;) {
        signal.throwIfAborted();
        const left = (await objects.list(pods, { namespace, labels })).filter(isAlive).length;
        if (left === 0) break;
        onStep(name, `${left} still finishing`);
        await wait(INTERVAL, undefined, { signal });
      }
      onStep(name, "stopped");
    }),
  );
}

/** Starts those of the services that were stopped, and waits until they serve. */
export async function startServices(names: readonly string[], options: ServicesOptions): Promise<string[]> {
  const { objects, onStep } = options;
  const watch = new Watch(objects, options);
  const started = (await deploymentsOf(names, options)).filter((deployment) => before(deployment) !== "");
  await Promise.all(
    started.map(async (deployment) => {
      const { name } = deployment.metadata;
      const replicas = Number(before(deployment));
      const live = await objects.merge(deployment, {
        metadata: { annotations: { [STOPPED]: null } },
        spec: { replicas },
      });
      await watch.untilReady(live, (note) => onStep(name, note));
      onStep(name, "started");
    }),
  );
  return started.map(({ metadata }) => metadata.name);
}

/** Names of the services that were stopped and not started again. */
export async function stoppedServices(
  names: readonly string[],
  options: Pick<ServicesOptions, "objects" | "namespace">,
): Promise<string[]> {
  const deployments = await deploymentsOf(names, options);
  return deployments.filter((one) => before(one) !== "").map(({ metadata }) => metadata.name);
}

async function deploymentsOf(
  names: readonly string[],
  { objects, namespace }: Pick<ServicesOptions, "objects" | "namespace">,
): Promise<KubernetesObject[]> {
  const all = await objects.in(namespace, "apps/v1", "Deployment");
  return all.filter(({ metadata }) => names.includes(metadata.name));
}

const before = ({ metadata }: KubernetesObject): string => asText(asObject(metadata.annotations)[STOPPED]);

const isAlive = ({ status }: KubernetesObject): boolean =>
  !["Succeeded", "Failed"].includes(asText(asObject(status).phase));
