import { setTimeout as wait } from "node:timers/promises";
import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject, namespaceOf } from "../manifests/manifest.ts";
import type { Json, JsonObject } from "../program/registration.ts";
import { podsOf, readScene } from "../watch/pods.ts";
import { readinessOf } from "../watch/readiness.ts";
import { podTroubles } from "../watch/troubles.ts";

/** How often the cluster is asked, in milliseconds. */
const INTERVAL = 700;
/** Enough for a list of all backups that may be kept. */
const LINES = 4000;

/** A Job did not do what it was made for; the message ends with its own words. */
export class JobError extends Error {
  override readonly name = "JobError";
}

/** How a Job is run. */
export interface JobOptions {
  /** What it is for, in one word; a part of its name. */
  readonly purpose: string;
  /** Values of variables that the CronJob's containers have. */
  readonly variables: Readonly<Record<string, string>>;
  /** Told whenever there is something new to say. */
  readonly onNote: (note: string) => void;
  /** Ends the wait; the Job itself goes on. */
  readonly signal: AbortSignal;
}

/**
 * A Job like those that a CronJob makes, to be run once and now.
 *
 * @param id Makes its name differ from that of every other.
 */
export function jobFrom(
  cronJob: KubernetesObject,
  id: string,
  { purpose, variables }: Pick<JobOptions, "purpose" | "variables">,
): KubernetesObject {
  const { name, namespace, uid } = cronJob.metadata;
  const made = asObject(asObject(cronJob.spec).jobTemplate);
  const template = asObject(asObject(made.spec).template);
  const pod = asObject(template.spec);
  const lists = ["initContainers", "containers"].filter((list) => pod[list] !== undefined);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${name}-${purpose}-${id}`,
      namespace: asText(namespace),
      labels: asObject(asObject(made.metadata).labels),
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "CronJob", name, uid: asText(uid), controller: true },
      ],
    },
    spec: {
      ...asObject(made.spec),
      // What failed is told at once, and its pod stays to tell why.
      backoffLimit: 0,
      template: {
        ...template,
        spec: {
          ...pod,
          restartPolicy: "Never",
          ...Object.fromEntries(lists.map((list) => [list, withVariables(pod[list], variables)])),
        },
      },
    },
  };
}

function withVariables(containers: Json | undefined, variables: Readonly<Record<string, string>>): Json {
  return asObjects(containers).map((container): JsonObject => {
    const env = asObjects(container.env).map((variable) => {
      const value = variables[asText(variable.name)];
      return value === undefined ? variable : { name: asText(variable.name), value };
    });
    return { ...container, env };
  });
}

/**
 * Runs a Job and waits for its end.
 *
 * @returns What it said.
 * @throws {JobError} where it failed, with its last words.
 */
export async function runJob(
  objects: Objects,
  cronJob: KubernetesObject,
  options: JobOptions,
): Promise<string> {
  const job = await objects.apply(jobFrom(cronJob, Date.now().toString(36), options));
  const title = `job/${job.metadata.name}`;
  for (;;) {
    options.signal.throwIfAborted();
    const live = await objects.get(job);
    if (live === undefined) throw new JobError(`${title} was deleted by somebody else meanwhile`);
    const { state } = readinessOf(live);
    if (state === "ready") return (await logsOf(objects, live)).at(-1) ?? "";
    if (state === "failed") {
      const said = (await logsOf(objects, live)).filter(Boolean);
      throw new JobError([`${title} failed`, ...said].join("\n"));
    }
    options.onNote(await noteOf(objects, live));
    await wait(INTERVAL, undefined, { signal: options.signal });
  }
}

/** What keeps its pod, or else the last thing that it said. */
async function noteOf(objects: Objects, job: KubernetesObject): Promise<string> {
  const scene = await readScene(objects, namespaceOf(job) ?? "");
  const [pod] = podsOf(job, scene);
  const [trouble] = pod === undefined ? [] : podTroubles(pod, 0);
  if (trouble !== undefined) return `${trouble.reason}: ${trouble.message}`;
  const said = (await logsOf(objects, job)).join("\n").trim().split("\n").at(-1);
  return said || "starting";
}

/** What each container of its pod said, in the order in which they run. */
async function logsOf(objects: Objects, job: KubernetesObject): Promise<string[]> {
  const namespace = namespaceOf(job) ?? "";
  const [pod] = podsOf(job, await readScene(objects, namespace));
  if (pod === undefined) return [];
  const spec = asObject(pod.spec);
  const containers = [...asObjects(spec.initContainers), ...asObjects(spec.containers)];
  return Promise.all(
    containers.map(async ({ name }) => {
      const log = { container: asText(name), previous: false, lines: LINES };
      return (await objects.log(namespace, pod.metadata.name, log)).trim();
    }),
  );
}
