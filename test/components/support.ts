import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** The kinds that the components make, as they look once everything is known. */
interface Kinds {
  ConfigMap: types.output.core.v1.ConfigMap;
  CronJob: types.output.batch.v1.CronJob;
  DaemonSet: types.output.apps.v1.DaemonSet;
  Deployment: types.output.apps.v1.Deployment;
  HorizontalPodAutoscaler: types.output.autoscaling.v2.HorizontalPodAutoscaler;
  Ingress: types.output.networking.v1.Ingress;
  Job: types.output.batch.v1.Job;
  Namespace: types.output.core.v1.Namespace;
  NetworkPolicy: types.output.networking.v1.NetworkPolicy;
  PersistentVolumeClaim: types.output.core.v1.PersistentVolumeClaim;
  PodDisruptionBudget: types.output.policy.v1.PodDisruptionBudget;
  Secret: types.output.core.v1.Secret;
  Service: types.output.core.v1.Service;
  ServiceAccount: types.output.core.v1.ServiceAccount;
  StatefulSet: types.output.apps.v1.StatefulSet;
}

/** What a component made. */
export class Made {
  /** Every resource: type, name and inputs. */
  readonly resources: readonly pulumi.runtime.MockResourceArgs[];
  /** URN of every resource, sorted. */
  readonly urns: readonly string[];

  constructor(resources: readonly pulumi.runtime.MockResourceArgs[], urns: Iterable<string>) {
    this.resources = resources;
    this.urns = [...urns].sort();
  }

  /** All objects of a kind. */
  all<Kind extends keyof Kinds>(kind: Kind): Kinds[Kind][] {
    return this.resources
      .filter((resource) => resource.type.startsWith("kubernetes:") && resource.type.endsWith(`:${kind}`))
      .map((resource) => ({ kind, ...resource.inputs }) as Kinds[Kind]);
  }

  /** The only object of a kind, or the one with this name. */
  one<Kind extends keyof Kinds>(kind: Kind, name?: string): Kinds[Kind] {
    const found = this.all(kind).filter((object) => name === undefined || object.metadata.name === name);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const names = found.map((object) => object.metadata.name).join(", ");
      throw new Error(
        `expected one ${kind}${name === undefined ? "" : ` "${name}"`}, found: ${names || "none"}`,
      );
    }
    return only;
  }

  /** All Kubernetes objects. */
  objects(): KubernetesObject[] {
    return this.resources
      .filter((resource) => /^kubernetes:.+\//.test(resource.type))
      .map((resource) => resource.inputs as KubernetesObject);
  }

  /** Every pod that the objects lead to, with the name of its owner. */
  pods(): Pod[] {
    const scheduled = this.all("CronJob").map(({ kind, metadata, spec }) => ({
      kind,
      metadata,
      spec: spec.jobTemplate.spec,
    }));
    const lasting = [...this.all("Deployment"), ...this.all("StatefulSet"), ...this.all("DaemonSet")];
    return [...lasting, ...this.all("Job"), ...scheduled].map((owner) => ({
      owner: owner.metadata.name,
      labels: owner.spec.template.metadata?.labels ?? {},
      spec: podSpecOf(owner),
    }));
  }
}

/** What every Kubernetes object has. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** A pod as its owner describes it. */
export interface Pod {
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: types.output.core.v1.PodSpec;
}

/** The pod's containers, those that run first included. */
export function containersOf(pod: Pod): types.output.core.v1.Container[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
}

/** Pulumi's mark of a special value, such as a secret; it is part of its wire protocol. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/**
 * Runs a piece of a program without an engine and gives what it made.
 *
 * @param digests What an image registry answers, by reference. Default: no registry is asked.
 * @param stacks Outputs of other stacks, by their full names. Default: they have none.
 * @param computed What only a real deployment would know of resources, by type. Default: they know what they were told.
 */
export async function make(
  build: () => void,
  digests: Readonly<Record<string, string>> = {},
  stacks: Readonly<Record<string, object>> = {},
  computed: Readonly<Record<string, object>> = {},
): Promise<Made> {
  const resources: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        resources.push({ ...args, inputs: revealed(args.inputs) as Record<string, unknown> });
        const outputs =
          args.type === "pulumi:pulumi:StackReference"
            ? { outputs: stacks[args.name] ?? {} }
            : computed[args.type];
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs } };
      },
      call: (args) => ({ ...args.inputs, sha256Digest: digests[String(args.inputs.name)] }),
    },
    "tradestack",
    "dev",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    getRegisteredResources(): Map<string, unknown>;
  };
  await build();
  await pulumi.runtime.disconnect();
  return new Made(resources, monitor.getRegisteredResources().keys());
}

/** Secrets without their marks. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (value === null || typeof value !== "object") return value;
  if (SIGNATURE in value && "value" in value) return revealed(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

/** What runs pods, as far as they go. */
interface PodOwner {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: types.output.core.v1.PodTemplateSpec };
}

function podSpecOf(owner: PodOwner): types.output.core.v1.PodSpec {
  const spec = owner.spec.template.spec;
  if (spec === undefined) throw new Error(`${owner.kind} ${owner.metadata.name} describes no pod`);
  return spec;
}
