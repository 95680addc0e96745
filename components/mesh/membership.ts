import { SettingsError } from "../../settings/error.ts";
import { suggestion } from "../../settings/section.ts";
import type { MicroserviceArgs } from "../microservice/args.ts";
import type { MeshArgs } from "./args.ts";
import { istio } from "./istio/istio.ts";
import { linkerd } from "./linkerd/linkerd.ts";
import { MESHES, type Mesh, type MeshedService, type MeshKind, type MeshObject } from "./mesh.ts";

const KNOWN: Readonly<Record<MeshKind, Mesh>> = { linkerd, istio };

/**
 * The mesh of this name.
 *
 * @throws {SettingsError} where there is none.
 */
export function meshOf(kind: string): Mesh {
  const known = MESHES.find((name) => name === kind);
  if (known !== undefined) return KNOWN[known];
  throw new SettingsError(
    `mesh.kind: "${kind}" is none of ${MESHES.join(", ")}${suggestion(kind, MESHES)}; write one, or leave the mesh out`,
  );
}

/** What a mesh adds to one service. */
export interface Membership {
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly serviceAnnotations: Readonly<Record<string, string>>;
  readonly peerPorts: readonly number[];
  readonly metricsPorts: readonly number[];
  readonly controlPorts: readonly number[];
  /** Undefined where the service is in no mesh. */
  readonly controlNamespace: string | undefined;
  readonly objects: readonly MeshObject[];
}

const NONE: Membership = {
  podLabels: {},
  podAnnotations: {},
  serviceAnnotations: {},
  peerPorts: [],
  metricsPorts: [],
  controlPorts: [],
  controlNamespace: undefined,
  objects: [],
};

/**
 * What its mesh adds to a service; nothing where it is in none.
 *
 * @throws {SettingsError} for a mesh that does not exist.
 */
export function membership(name: string, args: MicroserviceArgs): Membership {
  if (args.mesh === undefined) return NONE;
  const mesh = meshOf(args.mesh.kind);
  const service: MeshedService = {
    name,
    namespace: args.namespace,
    mesh: complete(args.mesh, mesh),
    callers: args.callers ?? [],
    ingressNamespace: args.ingressNamespace,
    monitored: args.monitoringNamespace !== undefined,
    storePorts: [...new Set((args.stores ?? []).flatMap((store) => store.ports))].sort((a, b) => a - b),
  };
  return {
    podLabels: mesh.podLabels,
    podAnnotations: mesh.podAnnotations(service),
    serviceAnnotations: mesh.serviceAnnotations,
    peerPorts: mesh.peerPorts,
    metricsPorts: mesh.metricsPorts,
    controlPorts: mesh.controlPorts,
    controlNamespace: service.mesh.controlNamespace,
    objects: mesh.objects(service),
  };
}

const complete = (args: MeshArgs, { controlNamespace }: Mesh): MeshedService["mesh"] => ({
  strict: true,
  controlNamespace,
  timeoutSeconds: 10,
  readRetries: 1,
  ...args,
});
