import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import * as pulumi from "@pulumi/pulumi";
import { ADMIN_PORT, API_PORT } from "../../services/description.ts";
import { checksumOf } from "../checksum.ts";
import type { Container, EnvVar, PodSpec, Probe, TopologySpreadConstraint } from "../kubernetes.ts";
import { labels, SECRETS_CHECKSUM, selectorLabels } from "../labels.ts";
import { membership } from "../mesh/membership.ts";
import { secretMounts, secretVariables, secretVolumes } from "../secret-file.ts";
import { restrictedContainer, restrictedPod, SERVICE_USER } from "../security.ts";
import type { MicroserviceArgs } from "./args.ts";
import { isAutoscaled } from "./autoscaling.ts";

/** Pods of earlier revisions that can be gone back to. */
const REVISIONS_KEPT = 5;
/** Seconds until a rollout that makes no progress counts as failed. */
const PROGRESS_DEADLINE = 300;

/** The Deployment of a service. It says nothing about replicas where an autoscaler does. */
export function deploymentArgs(name: string, args: MicroserviceArgs): DeploymentArgs {
  const secrets = args.secrets ?? [];
  const mesh = membership(name, args);
  const annotations: Record<string, pulumi.Input<string>> = {
    ...mesh.podAnnotations,
    ...(secrets.length === 0
      ? {}
      : { [SECRETS_CHECKSUM]: checksumOf(pulumi.all(secrets.map((secret) => secret.checksum))) }),
  };
  return {
    metadata: { name, namespace: args.namespace, labels: labels(name, "service") },
    spec: {
      ...(isAutoscaled(args.scale) ? {} : { replicas: args.scale.min }),
      revisionHistoryLimit: REVISIONS_KEPT,
      progressDeadlineSeconds: PROGRESS_DEADLINE,
      // A new pod is ready before an old one goes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      selector: { matchLabels: selectorLabels(name) },
      template: {
        metadata: { labels: { ...labels(name, "service"), ...mesh.podLabels }, annotations },
        spec: podSpec(name, args),
      },
    },
  };
}

function podSpec(name: string, args: MicroserviceArgs): PodSpec {
  const lameDuck = args.lameDuckSeconds ?? 6;
  const container = mainContainer(name, args, lameDuck);
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(SERVICE_USER),
    terminationGracePeriodSeconds: lameDuck + (args.drainSeconds ?? 30),
    topologySpreadConstraints: spread(name),
    ...(args.migrates ? { initContainers: [migration(container)] } : {}),
    containers: [container],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }, ...secretVolumes(args.secrets ?? [])],
  };
}

function mainContainer(name: string, args: MicroserviceArgs, lameDuck: number): Container {
  const { cpu, memory } = args.resources;
  return {
    name,
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    args: ["serve"],
    env: variables(name, args),
    ports: [
      { name: "http", containerPort: API_PORT },
      { name: "admin", containerPort: ADMIN_PORT },
    ],
    resources: {
      requests: { cpu: cpu.request, memory: memory.request },
      limits: { cpu: cpu.limit, memory: memory.limit },
    },
    securityContext: restrictedContainer,
    startupProbe: probe("/startupz", { periodSeconds: 1, failureThreshold: 90 }),
    readinessProbe: probe("/readyz", { periodSeconds: 5, failureThreshold: 2 }),
    livenessProbe: probe("/livez", { periodSeconds: 10, failureThreshold: 3 }),
    // The images have no shell; kubelet itself waits.
    lifecycle: { preStop: { sleep: { seconds: lameDuck } } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...secretMounts(args.secrets ?? [])],
  };
}

/** The same image prepares the database; replicas that start together wait for each other there. */
function migration(container: Container): Container {
  const {
    name: _name,
    args: _args,
    ports,
    startupProbe,
    readinessProbe,
    livenessProbe,
    lifecycle,
    ...same
  } = container;
  return { ...same, name: "migrate", args: ["migrate"] };
}

function variables(name: string, args: MicroserviceArgs): EnvVar[] {
  const calls = (args.calls ?? []).map((callee) => ({
    name: `${callee.toUpperCase().replaceAll("-", "_")}_URL`,
    value: `http://${callee}`,
  }));
  const own = Object.entries(args.environment ?? {}).map(([key, value]) => ({ name: key, value }));
  return [
    { name: "SERVICE_NAME", value: name },
    { name: "SERVICE_VERSION", value: pulumi.output(args.image).apply(versionOf) },
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "LOG_LEVEL", value: args.logLevel ?? "info" },
    ...calls,
    ...secretVariables(args.secrets ?? []),
    ...own,
  ];
}

/** The tag or digest of an image reference; a registry's port is neither. */
export function versionOf(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return name.includes("@") ? name.slice(name.indexOf("@") + 1) : (name.split(":")[1] ?? "latest");
}

function probe(path: string, timing: { periodSeconds: number; failureThreshold: number }): Probe {
  return { httpGet: { path, port: "admin" }, timeoutSeconds: 3, ...timing };
}

/** Over nodes and zones where there are several; on one node all the same. */
function spread(name: string): TopologySpreadConstraint[] {
  return ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(name) },
    // Old and new pods of a rollout are spread apart from each other.
    matchLabelKeys: ["pod-template-hash"],
  }));
}
