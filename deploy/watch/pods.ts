import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";

/** What a namespace holds at one moment, as far as it tells how pods are doing. */
export interface Scene {
  readonly pods: readonly KubernetesObject[];
  readonly replicaSets: readonly KubernetesObject[];
  readonly events: readonly KubernetesObject[];
}

/** Reads what a namespace holds; an object outside all namespaces has no pods, and so no scene. */
export async function readScene(objects: Objects, namespace: string): Promise<Scene> {
  if (namespace === "") return { pods: [], replicaSets: [], events: [] };
  const [pods, replicaSets, events] = await Promise.all([
    objects.in(namespace, "v1", "Pod"),
    objects.in(namespace, "apps/v1", "ReplicaSet"),
    objects.in(namespace, "v1", "Event"),
  ]);
  return { pods, replicaSets, events };
}

const ownedBy = (object: JsonObject, owner: KubernetesObject): boolean =>
  asObjects(asObject(object.metadata).ownerReferences).some(({ uid }) => uid === owner.metadata.uid);

const revisionOf = (object: KubernetesObject): string =>
  asText(asObject(object.metadata.annotations)["deployment.kubernetes.io/revision"]);

/** What makes a workload's pods: the ReplicaSet of a Deployment's latest version, or the workload itself. */
export function makerOf(workload: KubernetesObject, scene: Scene): KubernetesObject | undefined {
  if (workload.kind !== "Deployment") return workload;
  return scene.replicaSets.find((set) => ownedBy(set, workload) && revisionOf(set) === revisionOf(workload));
}

/** A workload's pods; where it has versions, only those of its latest. */
export function podsOf(workload: KubernetesObject, scene: Scene): KubernetesObject[] {
  const maker = makerOf(workload, scene);
  const pods = maker === undefined ? [] : scene.pods.filter((pod) => ownedBy(pod, maker));
  return workload.kind === "StatefulSet" ? pods.filter((pod) => isLatest(pod, workload)) : pods;
}

/** A StatefulSet's pods of versions before the latest. */
export const outdatedPodsOf = (statefulSet: KubernetesObject, scene: Scene): KubernetesObject[] =>
  scene.pods.filter((pod) => ownedBy(pod, statefulSet) && !isLatest(pod, statefulSet));

const isLatest = (pod: KubernetesObject, statefulSet: KubernetesObject): boolean =>
  asObject(pod.metadata.labels)["controller-revision-hash"] === asObject(statefulSet.status).updateRevision;

/** The recent events about a workload, what makes its pods, and the pods themselves, oldest first. */
export function eventsOf(workload: KubernetesObject, scene: Scene): KubernetesObject[] {
  const about = [workload, makerOf(workload, scene), ...podsOf(workload, scene)];
  const uids = new Set(about.map((object) => object?.metadata.uid));
  const time = (event: KubernetesObject): string =>
    asText(event.lastTimestamp) || asText(event.eventTime) || asText(event.metadata.creationTimestamp);
  return scene.events
    .filter((event) => uids.has(asObject(event.involvedObject).uid))
    .sort((a, b) => time(a).localeCompare(time(b)));
}
