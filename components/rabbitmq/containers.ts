import { basename } from "node:path";
import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { Container, VolumeMount } from "../kubernetes.ts";
import { restrictedContainer } from "../security.ts";
import { containerResources } from "../stateful.ts";
import { AMQP_PORT, CLUSTER_PORT, EPMD_PORT, METRICS_PORT, nodesService } from "./configuration.ts";

/** What the containers of one pod share. */
export interface BrokerPod {
  readonly name: string;
  readonly image: Input<string>;
  /** Nodes of the broker. */
  readonly replicas: number;
  readonly resources: Resources;
}

const DATA = "/var/lib/rabbitmq";
const SECRETS = "/run/secrets/rabbitmq";

/** A node of the broker. */
export function brokerContainer(pod: BrokerPod): Container {
  return {
    name: "rabbitmq",
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "RABBITMQ_USE_LONGNAME", value: "true" },
      { name: "RABBITMQ_NODENAME", value: `rabbit@$(POD_NAME).${nodesService(pod.name)}` },
      { name: "RABBITMQ_LOGS", value: "-" },
      // One scheduler that sleeps when there is nothing to do: an idle broker costs next to no CPU.
      {
        name: "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
        value: "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
      },
    ],
    ports: [
      { name: "amqp", containerPort: AMQP_PORT },
      { name: "metrics", containerPort: METRICS_PORT },
      { name: "epmd", containerPort: EPMD_PORT },
      { name: "cluster", containerPort: CLUSTER_PORT },
    ],
    resources: containerResources(pod.resources),
    securityContext: restrictedContainer,
    // The broker's own checks start a virtual machine each time; it opens its port last, when all else is up.
    startupProbe: { tcpSocket: { port: "amqp" }, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { tcpSocket: { port: "amqp" }, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: "amqp" }, periodSeconds: 10, failureThreshold: 6 },
    volumeMounts: [
      { name: "data", mountPath: DATA },
      file("/etc/rabbitmq/conf.d/90-tradestack.conf"),
      ...(pod.replicas > 1 ? [file("/etc/rabbitmq/advanced.config")] : []),
      { name: "access", mountPath: SECRETS, readOnly: true },
      { name: "log", mountPath: "/var/log/rabbitmq" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** One file of the configuration, among those that the image brings. */
function file(path: string): VolumeMount {
  return { name: "configuration", mountPath: path, subPath: basename(path), readOnly: true };
}

/** Erlang takes its cookie only from a file that nobody but its owner can read, which no Secret volume can be. */
export function cookieContainer(pod: BrokerPod): Container {
  const file = `${DATA}/.erlang.cookie`;
  return {
    name: "cookie",
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/sh", "-ec", `umask 277; rm -f ${file}; cat ${SECRETS}/cookie > ${file}`],
    resources: {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { cpu: "100m", memory: "64Mi" },
    },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "data", mountPath: DATA },
      { name: "access", mountPath: SECRETS, readOnly: true },
    ],
  };
}
