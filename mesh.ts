/** Brings the stack's service mesh to the cluster, where the stack is to. */

import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings.ts";

/**
 * Installs the mesh. What charts and certificates are made with is loaded only where there is one.
 *
 * @param opts The cluster's provider, and what has to be in the cluster before.
 * @returns What has to be there before any pod that takes part; nothing where the mesh is no affair of this stack.
 */
export async function installMesh(
  { mesh, imageMirror }: Settings,
  opts: pulumi.ComponentResourceOptions,
): Promise<pulumi.Resource[]> {
  if (!mesh?.install) return [];
  const { ServiceMesh } = await import("./components/mesh/service-mesh.ts");
  return [
    new ServiceMesh("mesh", { kind: mesh.kind, ...(imageMirror === undefined ? {} : { imageMirror }) }, opts),
  ];
}
