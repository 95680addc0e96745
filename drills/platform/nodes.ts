import {
  asNumber,
  asObject,
  asObjects,
  asText,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import type { Platform } from "./platform.ts";

/** Marks the nodes that the control plane runs on, and the sandbox's way in. */
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/** The nodes of a cluster by name, as far as pods can come up on them. */
export interface Nodes {
  /** Those that take pods. */
  readonly open: readonly string[];
  /** Those among them that can go while the cluster stays. */
  readonly workers: readonly string[];
}

/** Tells the nodes that take pods from those that do not, and those that can go from those that the cluster needs. */
export function nodesAmong(nodes: readonly KubernetesObject[]): Nodes {
  const open = nodes.filter(({ spec, status }) => {
    const ready = asObjects(asObject(status).conditions).find(({ type }) => type === "Ready");
    return asObject(spec).unschedulable !== true && ready?.status === "True";
  });
  const workers = open.filter(({ metadata }) => !(CONTROL_PLANE in asObject(metadata.labels)));
  const namesOf = (some: readonly KubernetesObject[]) => some.map(({ metadata }) => metadata.name).sort();
  return { open: namesOf(open), workers: namesOf(workers) };
}

/** The nodes of a platform's cluster. */
export async function nodesOf({ cluster }: Platform): Promise<Nodes> {
  const list: { items: KubernetesObject[] } = JSON.parse(
    await cluster.kubectl("get", "nodes", "--output=json"),
  );
  return nodesAmong(list.items);
}

/** What of a platform is on a node. */
export interface Residents {
  /** Every pod that is there to stay. */
  readonly pods: readonly string[];
  /** Stateful pods: each is the only one of its name, and is away while it moves. */
  readonly stateful: readonly string[];
  /** Deployments with one replica, and that is here. */
  readonly alone: readonly string[];
}

/**
 * Tells what is on a node, and what of it there is only once.
 *
 * @param pods All pods of the platform.
 * @param deployments All its deployments.
 */
export function residentsAmong(
  node: string,
  pods: readonly KubernetesObject[],
  deployments: readonly KubernetesObject[],
): Residents {
  const here = pods.filter(({ spec }) => asText(asObject(spec).nodeName) === node);
  const ownedBy = (kind: string) =>
    here.filter(({ metadata }) => asObjects(metadata.ownerReferences).some((owner) => owner.kind === kind));
  const serviceOf = ({ metadata }: KubernetesObject) =>
    asText(asObject(metadata.labels)["app.kubernetes.io/name"]);
  const replicated = ownedBy("ReplicaSet");
  const services = new Set(replicated.map(serviceOf));
  const stateful = ownedBy("StatefulSet");
  return {
    pods: [...replicated, ...stateful].map(({ metadata }) => metadata.name).sort(),
    stateful: stateful.map(({ metadata }) => metadata.name).sort(),
    alone: deployments
      .filter(({ metadata, spec }) => services.has(metadata.name) && asNumber(asObject(spec).replicas) === 1)
      .map(({ metadata }) => metadata.name)
      .sort(),
  };
}

/**
 * Whether pods run that were started again, or have made way for others: what the API says of a pod is the word of its
 * node from before, until the node is there again and has looked.
 *
 * @param names Pods that were there before.
 * @param pods All pods of the platform now.
 * @param since Milliseconds since 1970.
 */
export function haveStartedSince(
  names: readonly string[],
  pods: readonly KubernetesObject[],
  since: number,
): boolean {
  const earliest = Math.floor(since / 1000) * 1000; // the API writes whole seconds
  return pods
    .filter(({ metadata }) => names.includes(metadata.name))
    .flatMap(({ status }) => asObjects(asObject(status).containerStatuses))
    .every(({ state }) => Date.parse(asText(asObject(asObject(state).running).startedAt)) >= earliest);
}

/** What of the platform is on a node. */
export async function residentsOf({ objects, namespace }: Platform, node: string): Promise<Residents> {
  const [pods, deployments] = await Promise.all([
    objects.in(namespace, "v1", "Pod"),
    objects.in(namespace, "apps/v1", "Deployment"),
  ]);
  return residentsAmong(node, pods, deployments);
}
