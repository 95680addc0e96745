import { asObject, asObjects, asText, type KubernetesObject } from "../deploy/manifests/manifest.ts";
import type { JsonObject } from "../deploy/program/registration.ts";

/** Where kinds of objects describe the pods that they run. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** The pod that an object runs. */
export interface Pod {
  readonly owner: KubernetesObject;
  readonly labels: JsonObject;
  readonly spec: JsonObject;
  /** Where the spec is, such as `spec.template.spec`. */
  readonly path: string;
}

/** A container of a pod, those that run first or beside the others included. */
export interface Container {
  readonly pod: Pod;
  readonly name: string;
  readonly value: JsonObject;
  /** Where it is, such as `spec.template.spec.containers[0]`. */
  readonly path: string;
  /** Whether it has to end before the pod's own containers start. */
  readonly runsFirst: boolean;
}

/** Every pod that the objects lead to. */
export function podsOf(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((owner) => {
    const steps = TEMPLATES[owner.kind];
    if (steps === undefined) return [];
    const template = steps.reduce<JsonObject>((value, step) => asObject(value[step]), owner);
    const labels = asObject(asObject(template.metadata).labels);
    return [{ owner, labels, spec: asObject(template.spec), path: [...steps, "spec"].join(".") }];
  });
}

/** Every container of every pod. */
export function containersOf(objects: readonly KubernetesObject[]): Container[] {
  return podsOf(objects).flatMap((pod) =>
    ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
      asObjects(pod.spec[list]).map((value, index) => ({
        pod,
        name: asText(value.name),
        value,
        path: `${pod.path}.${list}[${index}]`,
        runsFirst: list === "initContainers" && value.restartPolicy !== "Always",
      })),
    ),
  );
}
