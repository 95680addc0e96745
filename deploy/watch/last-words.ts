import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject, titleOf } from "../manifests/manifest.ts";
import type { Json } from "../program/registration.ts";
import { eventsOf, podsOf, readScene, type Scene } from "./pods.ts";
import { conditionOf, readinessOf } from "./readiness.ts";

/** How many of a container's last lines are told. */
const LINES = 20;

/**
 * What a workload that does not become ready has to say for itself: the last lines of its unready containers, from
 * before their last restart where there was one, and the warnings about it.
 *
 * @returns Lines for people, indented by what they belong to.
 */
export async function lastWords(
  objects: Objects,
  workload: KubernetesObject,
  scene: Scene,
): Promise<string[]> {
  const namespace = asText(workload.metadata.namespace);
  const unready = podsOf(workload, scene).filter((pod) => conditionOf(pod, "Ready") !== "True");
  const lines: string[] = [];
  // One pod speaks for all: replicas that fail, fail alike.
  for (const { pod, container, restarted } of unready.flatMap(unreadyContainers).slice(0, 2)) {
    const log = async (previous: boolean): Promise<string[]> =>
      (await objects.log(namespace, pod, { container, previous, lines: LINES })).split("\n").filter(Boolean);
    const before = restarted ? await log(true) : [];
    const said = before.length > 0 ? before : await log(false);
    if (said.length > 0) {
      lines.push(
        `last words of ${pod}, container ${container}:`,
        ...said.map((line) => `  ${readable(line)}`),
      );
    }
  }
  const warnings = eventsOf(workload, scene).filter(({ type }) => type === "Warning");
  const told = warnings.map(
    ({ reason, message, involvedObject }) =>
      `  ${asText(reason)} ${asText(asObject(involvedObject).name)}: ${asText(message).trim()}`,
  );
  if (told.length > 0) lines.push("warnings:", ...[...new Set(told)].slice(-6));
  return lines;
}

/** The last words of every workload in a namespace that is not ready. */
export async function lastWordsIn(objects: Objects, namespace: string): Promise<string[]> {
  const scene = await readScene(objects, namespace);
  const workloads = [
    ...(await objects.in(namespace, "apps/v1", "StatefulSet")),
    ...(await objects.in(namespace, "apps/v1", "Deployment")),
    ...(await objects.in(namespace, "batch/v1", "Job")),
  ].filter((workload) => readinessOf(workload).state !== "ready");
  const told = await Promise.all(
    workloads.map(async (workload) => [
      `${titleOf(workload)}:`,
      ...(await lastWords(objects, workload, scene)),
    ]),
  );
  return told.flat();
}

/** A structured log line as a sentence: `fatal: cannot start: connection refused`. Other lines stay as they are. */
export function readable(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const entry = asObject(JSON.parse(line) as Json);
    const cause = asText(asObject(entry.err).message) || asText(entry.err);
    return [asText(entry.level), asText(entry.msg), cause].filter(Boolean).join(": ") || line;
  } catch {
    return line;
  }
}

/** A pod's containers that ran but are not ready now. */
function unreadyContainers(pod: KubernetesObject): { pod: string; container: string; restarted: boolean }[] {
  const status = asObject(pod.status);
  const init = asObjects(status.initContainerStatuses).filter(
    ({ state, ready }) => ready !== true && asObject(asObject(state).terminated).exitCode !== 0,
  );
  const main = asObjects(status.containerStatuses).filter(({ ready }) => ready !== true);
  return [...init, ...main]
    .filter(
      ({ state, lastState }) =>
        asObject(state).waiting === undefined || asObject(lastState).terminated !== undefined,
    )
    .map(({ name, lastState, state }) => ({
      pod: pod.metadata.name,
      container: asText(name),
      restarted: asObject(lastState).terminated !== undefined && asObject(state).terminated === undefined,
    }));
}
