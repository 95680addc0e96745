import { MESHES, type MeshKind } from "../components/mesh/mesh.ts";
import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** The service mesh that an environment's services take part in. */
export interface MeshSettings {
  readonly kind: MeshKind;
  /** Whether this stack brings the mesh to the cluster; otherwise it is there already. */
  readonly install: boolean;
  /** Whether callers have to prove who they are. */
  readonly strict: boolean;
  /** ServiceAccount of the ingress controller; undefined where it is not in the mesh. */
  readonly ingressAccount: string | undefined;
}

/**
 * Reads a stack's `mesh`.
 *
 * @param cluster What the cluster is: the sandbox takes no mesh.
 * @returns Undefined where there is none.
 * @throws {SettingsError} for an unknown mesh, or one that the cluster cannot have.
 */
export function readMesh(section: Section, cluster: string): MeshSettings | undefined {
  const kind = section.oneOf("kind", ["none", ...MESHES]);
  const settings = {
    install: section.flag("install") ?? true,
    strict: section.flag("strict") ?? true,
    ingressAccount: section.dnsName("ingressAccount"),
  };
  section.refuseUnknownKeys();
  const others = section.keys().filter((key) => key !== "kind");
  if (kind === undefined || kind === "none") {
    if (others.length === 0) return undefined;
    throw new SettingsError(
      `${section.name(String(others[0]))} is of no use without a mesh; remove it, or write kind: ${MESHES.join(" or ")}`,
    );
  }
  if (cluster === "sandbox") {
    section.refuse("kind", "is a mesh, and the sandbox takes none; remove it, or use a cluster of yours");
  }
  return { kind, ...settings };
}
