import { asNumber, asObject, asObjects, asText, type KubernetesObject } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";

/** How far an object is from doing its work. */
export interface Readiness {
  readonly state: "ready" | "settling" | "failed";
  /** For people: `1 of 2 ready`. */
  readonly note: string;
}

const READY: Readiness = { state: "ready", note: "" };

/** Says from an object's own status whether it does its work. Kinds without such a status are ready at once. */
export function readinessOf(object: KubernetesObject): Readiness {
  const status = asObject(object.status);
  const spec = asObject(object.spec);
  switch (object.kind) {
    case "Deployment":
      return deployment(object, spec, status);
    case "StatefulSet":
      return statefulSet(object, spec, status);
    case "DaemonSet":
      return replicas(object, status, {
        wanted: asNumber(status.desiredNumberScheduled),
        updated: asNumber(status.updatedNumberScheduled),
        ready: asNumber(status.numberAvailable),
      });
    case "Job":
      return job(spec, status);
    case "Pod":
      return conditionOf(object, "Ready") === "True" ? READY : settling(asText(status.phase) || "starting");
    case "CustomResourceDefinition":
      return conditionOf(object, "Established") === "True" ? READY : settling("not established yet");
    default:
      return READY;
  }
}

const settling = (note: string): Readiness => ({ state: "settling", note });

/** The status of one of an object's conditions: `True`, `False`, `Unknown`, or empty where it is not told. */
export const conditionOf = (object: JsonObject, type: string): string =>
  asText(condition(object, type)?.status);

const condition = (object: JsonObject, type: string): JsonObject | undefined =>
  asObjects(asObject(object.status).conditions).find((candidate) => candidate.type === type);

function replicas(
  object: KubernetesObject,
  status: JsonObject,
  { wanted, updated, ready }: { wanted: number; updated: number; ready: number },
): Readiness {
  // Until the controller has seen the latest change, its figures speak of the one before.
  if (asNumber(status.observedGeneration) < asNumber(object.metadata.generation))
    return settling("not seen yet");
  if (updated < wanted) return settling(`${updated} of ${wanted} updated`);
  if (ready < wanted) return settling(`${ready} of ${wanted} ready`);
  return READY;
}

function deployment(object: KubernetesObject, spec: JsonObject, status: JsonObject): Readiness {
  const wanted = typeof spec.replicas === "number" ? spec.replicas : 1;
  const updated = asNumber(status.updatedReplicas);
  const told = replicas(object, status, { wanted, updated, ready: asNumber(status.availableReplicas) });
  const leaving = asNumber(status.replicas) - updated;
  if (told.state === "ready" && leaving > 0)
    return settling(`${leaving} of the version before still leaving`);
  if (told.state === "settling" && condition(object, "Progressing")?.reason === "ProgressDeadlineExceeded") {
    return { state: "failed", note: `${told.note}, and no progress within its progressDeadlineSeconds` };
  }
  return told;
}

function statefulSet(object: KubernetesObject, spec: JsonObject, status: JsonObject): Readiness {
  const wanted = typeof spec.replicas === "number" ? spec.replicas : 1;
  const partition = asNumber(asObject(asObject(spec.updateStrategy).rollingUpdate).partition);
  const allUpdated = status.updateRevision === status.currentRevision;
  return replicas(object, status, {
    wanted,
    updated: allUpdated ? wanted : asNumber(status.updatedReplicas) + partition,
    ready: asNumber(status.readyReplicas),
  });
}

function job(spec: JsonObject, status: JsonObject): Readiness {
  const finished = asObjects(status.conditions).filter(({ status }) => status === "True");
  if (finished.some(({ type }) => type === "Complete")) return READY;
  const failed = finished.find(({ type }) => type === "Failed" || type === "FailureTarget");
  if (failed !== undefined) return { state: "failed", note: asText(failed.message) || asText(failed.reason) };
  const wanted = typeof spec.completions === "number" ? spec.completions : 1;
  return settling(`${asNumber(status.succeeded)} of ${wanted} complete`);
}
