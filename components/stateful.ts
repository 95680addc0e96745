/** What the stateful tiers have in common. */

import type { StatefulSetArgs } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import type { ComponentResource, CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { Resources } from "../services/description.ts";
import { NetworkPolicy, PodDisruptionBudget, ServiceAccount } from "./kubernetes.ts";
import { labels, selectorLabels } from "./labels.ts";
import { allowDns, allowFrom, allowTo, namespace as everyPodOf, pods } from "./network-policy/rules.ts";
import type { StoreTransforms } from "./store-options.ts";
import { transformed } from "./transform.ts";

/** Arguments that every store takes. */
export interface StoreBaseArgs {
  /**
   * Namespace that everything is made in.
   *
   * @example "shop"
   */
  namespace: Input<string>;
  /**
   * Image of the server: the official one, or one that takes the same variables and paths.
   *
   * @example "docker.io/library/redis:7.2.11-bookworm"
   */
  image: Input<string>;
  /**
   * Size of each volume. It is fixed once the store is made: Kubernetes lets nobody change a StatefulSet's claims.
   *
   * @example "10Gi"
   */
  storage: string;
  /**
   * Class of the volumes.
   *
   * @default the cluster's default class
   * @example "gp3"
   */
  storageClass?: string;
  /**
   * Names of the pods (`app.kubernetes.io/name`) that may connect.
   *
   * @example ["order", "cart"]
   */
  clients: string[];
  /**
   * Namespace of the Prometheus that may read its metrics.
   *
   * @default none
   * @example "monitoring"
   */
  monitoringNamespace?: string;
  /**
   * Whether Pulumi refuses to delete or replace the servers until somebody unprotects them. Another size or class of
   * the volumes, which nobody can change, would otherwise replace them.
   *
   * @default false
   */
  protect?: boolean;
}

/** One volume claim for each replica. */
export function volumeClaims(
  name: string,
  args: Pick<StoreBaseArgs, "storage" | "storageClass">,
): VolumeClaims {
  return [
    {
      metadata: { name: "data", labels: selectorLabels(name) },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
        resources: { requests: { storage: args.storage } },
      },
    },
  ];
}

/** Requests and limits in the shape of a container. */
export function containerResources({ cpu, memory }: Resources) {
  return {
    requests: { cpu: cpu.request, memory: memory.request },
    limits: { cpu: cpu.limit, memory: memory.limit },
  };
}

/** An identity without any right and without a token. */
export function tokenlessAccount(
  parent: ComponentResource,
  name: string,
  component: string,
  namespace: Input<string>,
  transform: StoreTransforms = {},
): ServiceAccount {
  const metadata = { name, namespace, labels: labels(name, component) };
  return new ServiceAccount(
    `${name}-account`,
    transformed({ metadata, automountServiceAccountToken: false }, transform.serviceAccount),
    { parent },
  );
}

/** TCP ports of a store. */
export interface StorePorts {
  /** Ports that its clients may use. */
  readonly clients: readonly number[];
  /** Ports that its own pods use among each other. */
  readonly peers: readonly number[];
  /** Ports that Prometheus reads. */
  readonly metrics: readonly number[];
}

/** In: clients, monitoring and the store's own pods. Out: the store's own pods, and DNS, where they find themselves. */
export function storePolicy(
  parent: ComponentResource,
  name: string,
  component: string,
  args: StoreBaseArgs,
  ports: StorePorts,
  transform: StoreTransforms = {},
): NetworkPolicy {
  const self = ports.peers.length === 0 ? [] : [pods(name)];
  const monitoring = args.monitoringNamespace === undefined ? [] : [everyPodOf(args.monitoringNamespace)];
  return new NetworkPolicy(
    `${name}-policy`,
    transformed(
      {
        metadata: { name, namespace: args.namespace, labels: labels(name, component) },
        spec: {
          podSelector: { matchLabels: selectorLabels(name) },
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            ...allowFrom(args.clients.map(pods), ports.clients),
            ...allowFrom(self, ports.peers),
            ...(ports.metrics.length === 0 ? [] : allowFrom(monitoring, ports.metrics)),
          ],
          egress: [allowDns, ...allowTo(self, ports.peers)],
        },
      },
      transform.networkPolicy,
    ),
    { parent },
  );
}

/** One pod at a time may be taken away on purpose; a single pod may always be, or its node could not be drained. */
export function storeBudget(
  parent: ComponentResource,
  name: string,
  component: string,
  namespace: Input<string>,
  replicas: number,
  transform: StoreTransforms = {},
): void {
  if (replicas < 2) return;
  new PodDisruptionBudget(
    `${name}-budget`,
    transformed(
      {
        metadata: { name, namespace, labels: labels(name, component) },
        spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(name) } },
      },
      transform.disruptionBudget,
    ),
    { parent },
  );
}

/** Replicas of a store rather run on different nodes, and share one where there is no other. */
export function apart(name: string) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: selectorLabels(name) },
          },
        },
      ],
    },
  };
}

/** Stores start slowly, above all where they have a log to go through: wait that long and no longer. */
export function patiently(
  parent: ComponentResource,
  { protect }: Pick<StoreBaseArgs, "protect"> = {},
): CustomResourceOptions {
  const customTimeouts = { create: "15m", update: "15m" };
  return { parent, customTimeouts, ...(protect === undefined ? {} : { protect }) };
}

type StatefulSetSpec = Exclude<StatefulSetArgs["spec"], undefined>;
type VolumeClaims = Exclude<
  Extract<StatefulSetSpec, { template: unknown }>["volumeClaimTemplates"],
  undefined
>;
