import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { Container } from "../kubernetes.ts";
import { restrictedContainer } from "../security.ts";
import { containerResources } from "../stateful.ts";
import { REDIS_PORT, SENTINEL_PORT } from "./configuration.ts";

/** What the containers of one pod share. */
export interface RedisPod {
  /** Name of the set, its StatefulSet and its Service. */
  readonly name: string;
  readonly image: Input<string>;
  readonly replicas: number;
  readonly resources: Resources;
}

/** A server; it hands the primary's role over before it stops. */
export function serverContainer(pod: RedisPod): Container {
  return {
    ...common(pod, "start-server.sh"),
    name: "redis",
    ports: [{ name: "redis", containerPort: REDIS_PORT }],
    resources: containerResources(pod.resources),
    startupProbe: { tcpSocket: { port: "redis" }, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { exec: { command: script("ready.sh") }, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 10, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: script("hand-over.sh") } } },
  };
}

/** The Sentinel beside a server: together they notice that a primary is lost, and agree on the next. */
export function sentinelContainer(pod: RedisPod): Container {
  return {
    ...common(pod, "start-sentinel.sh"),
    name: "sentinel",
    ports: [{ name: "sentinel", containerPort: SENTINEL_PORT }],
    resources: {
      requests: { cpu: "10m", memory: "24Mi" },
      limits: { cpu: "200m", memory: "64Mi" },
    },
    startupProbe: { tcpSocket: { port: "sentinel" }, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { tcpSocket: { port: "sentinel" }, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: "sentinel" }, periodSeconds: 10, failureThreshold: 3 },
  };
}

function common({ name, image, replicas }: RedisPod, start: string): Omit<Container, "name"> {
  return {
    image,
    imagePullPolicy: "IfNotPresent",
    command: script(start),
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "SET", value: name },
      { name: "SERVICE", value: name },
      { name: "REPLICAS", value: String(replicas) },
      { name: "QUORUM", value: String(Math.floor(replicas / 2) + 1) },
    ],
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "configuration", mountPath: "/etc/redis", readOnly: true },
      { name: "access", mountPath: "/run/secrets/redis", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function script(file: string): string[] {
  return ["/bin/sh", `/etc/redis/${file}`];
}
