/** What a mesh asks of a service that takes part in it: the contract that each mesh fulfils. */

import type { Input } from "@pulumi/pulumi";
import type { MeshArgs } from "./args.ts";

/** The meshes that there are. */
export const MESHES = ["linkerd", "istio"] as const;
export type MeshKind = (typeof MESHES)[number];

/** A service in a mesh, with every default filled in. */
export interface MeshedService {
  readonly name: string;
  readonly namespace: Input<string>;
  readonly mesh: Required<Omit<MeshArgs, "ingressAccount">> & Pick<MeshArgs, "ingressAccount">;
  /** Names of the services that call it; each has a ServiceAccount of its name. */
  readonly callers: readonly string[];
  /** Namespace of the ingress controller; undefined where the public does not reach the service. */
  readonly ingressNamespace: string | undefined;
  /** Whether Prometheus, which is not in the mesh, reads its metrics. */
  readonly monitored: boolean;
  /** TCP ports of its stores, which are not in the mesh: connections to them pass the proxy by. */
  readonly storePorts: readonly number[];
}

/** A custom resource of a mesh. */
export interface MeshObject {
  /** API group and version, such as `policy.linkerd.io/v1beta3`. */
  readonly apiVersion: string;
  /** What it is, such as `Server`. */
  readonly kind: string;
  /** Its name, its namespace, and what it is found by. */
  readonly metadata: {
    readonly name: string;
    readonly namespace: Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** What the mesh reads. */
  readonly spec: object;
}

/** What a mesh adds to a service. */
export interface Mesh {
  /** Default namespace of its control plane. */
  readonly controlNamespace: string;
  /** Labels of the pods, by which the proxy gets in. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Annotations of the pods. */
  podAnnotations(service: MeshedService): Readonly<Record<string, string>>;
  /** Annotations of the Service. */
  readonly serviceAnnotations: Readonly<Record<string, string>>;
  /** TCP ports, besides the API's, on which pods of the mesh reach each other. */
  readonly peerPorts: readonly number[];
  /** TCP ports on which the proxy tells its metrics. */
  readonly metricsPorts: readonly number[];
  /** TCP ports of the control plane that the proxy needs. */
  readonly controlPorts: readonly number[];
  /** The objects that say who may call the service, and what becomes of calls that fail. */
  objects(service: MeshedService): MeshObject[];
}

/** What a proxy requests and may use at the most: without a request the autoscaler could not measure the pod. */
export const PROXY_RESOURCES = {
  cpu: { request: "20m", limit: "500m" },
  memory: { request: "32Mi", limit: "192Mi" },
} as const;

/** Failures in a row after which a replica is left alone for a while. */
export const FAILURES_IN_A_ROW = 7;
