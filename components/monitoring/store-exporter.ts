import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import { Deployment, type EnvVar, type Volume, type VolumeMount } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import type { StoreArgs } from "../microservice/args.ts";
import { allowDns, allowFrom, allowTo, namespace as everyPodOf, peersOf } from "../network-policy/rules.ts";
import { tokenlessAccount } from "../stateful.ts";
import { podTemplate } from "./pod.ts";
import { makePolicy } from "./reach.ts";

/** What exporters of stores have in common, and what they differ in. */
export interface StoreExporter {
  readonly name: string;
  /** Namespace of the store, where its credentials are. */
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly port: number;
  readonly ready: string;
  readonly store: StoreArgs;
  readonly monitoringNamespace: string;
  readonly volumes: readonly Volume[];
  readonly mounts: readonly VolumeMount[];
  readonly checksum: pulumi.Input<string>;
}

const COMPONENT = "exporter";
const RESOURCES: Resources = {
  cpu: { request: "10m", limit: "200m" },
  memory: { request: "24Mi", limit: "96Mi" },
};

/** Makes a pod that asks a store how it is. In: Prometheus' namespace. Out: the store. */
export function makeStoreExporter(parent: pulumi.ComponentResource, exporter: StoreExporter): void {
  const { name, namespace, store } = exporter;
  const metadata = { name, namespace, labels: labels(name, COMPONENT) };
  const account = tokenlessAccount(parent, name, COMPONENT, namespace);
  makePolicy(parent, metadata, {
    ingress: allowFrom([everyPodOf(exporter.monitoringNamespace)], [exporter.port]),
    egress: [allowDns, ...allowTo(peersOf(store), store.ports)],
  });
  new Deployment(
    `${name}-deployment`,
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorLabels(name) },
        template: podTemplate({
          ...exporter,
          component: COMPONENT,
          alive: exporter.ready,
          resources: RESOURCES,
        }),
      },
    },
    { parent, dependsOn: [account] },
  );
}
