/** What the pods that watch have in common. */

import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { Container, EnvVar, Probe, Volume, VolumeMount } from "../kubernetes.ts";
import { CONFIG_CHECKSUM, labels } from "../labels.ts";
import { restrictedContainer, restrictedPod } from "../security.ts";
import { containerResources } from "../stateful.ts";

/** User and group of the official images, which are called `nobody` there. */
export const NOBODY = 65534;
/** Name of the port that metrics are read from. */
export const METRICS = "metrics";

/** What keeps data may first have to go through a log: wait that long and no longer. */
export const PATIENT = { customTimeouts: { create: "15m", update: "15m" } };

/** A pod with one container. */
export interface PodArgs {
  /** Its `app.kubernetes.io/name`, its container's name and its service account's. */
  readonly name: string;
  readonly component: string;
  readonly image: Input<string>;
  readonly args: readonly Input<string>[];
  readonly env?: readonly EnvVar[];
  readonly port: number;
  /** What the port is called. Default: `metrics`. */
  readonly portName?: string;
  /** Further ports by name. Default: none. */
  readonly otherPorts?: Readonly<Record<string, number>>;
  /** Path that answers 200 while it is ready, and while it lives. */
  readonly ready: string;
  readonly alive: string;
  readonly resources: Resources;
  /** User and group. Default: {@link NOBODY}. */
  readonly user?: number;
  readonly volumes?: readonly Volume[];
  readonly mounts?: readonly VolumeMount[];
  /** Changes with the configuration or credentials, so that a change replaces the pod. */
  readonly checksum?: Input<string>;
  /** Whether it is given a token for the Kubernetes API. Default: false. */
  readonly token?: boolean;
  /** Seconds that it may take to end. Default: 10. */
  readonly graceSeconds?: number;
}

/** The template of the pod. */
export function podTemplate(pod: PodArgs) {
  return {
    metadata: {
      labels: labels(pod.name, pod.component),
      ...(pod.checksum === undefined ? {} : { annotations: { [CONFIG_CHECKSUM]: pod.checksum } }),
    },
    spec: {
      serviceAccountName: pod.name,
      automountServiceAccountToken: pod.token ?? false,
      enableServiceLinks: false,
      securityContext: restrictedPod(pod.user ?? NOBODY),
      terminationGracePeriodSeconds: pod.graceSeconds ?? 10,
      containers: [container(pod)],
      volumes: [...(pod.volumes ?? [])],
    },
  };
}

function container(pod: PodArgs): Container {
  const port = pod.portName ?? METRICS;
  const ask = (path: string): Probe => ({ httpGet: { path, port }, timeoutSeconds: 5 });
  return {
    name: pod.name,
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    args: [...pod.args],
    env: [...(pod.env ?? [])],
    ports: Object.entries({ [port]: pod.port, ...pod.otherPorts }).map(([name, containerPort]) => ({
      name,
      containerPort,
    })),
    resources: containerResources(pod.resources),
    securityContext: restrictedContainer,
    // A log that was written before a crash is read again first, however long that takes.
    startupProbe: { ...ask(pod.ready), periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { ...ask(pod.ready), periodSeconds: 10 },
    livenessProbe: { ...ask(pod.alive), periodSeconds: 15, failureThreshold: 4 },
    volumeMounts: [...(pod.mounts ?? [])],
  };
}
