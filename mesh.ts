/** Brings the stack's service mesh to the cluster, where the stack is to. */

import type * as pulumi from "@pulumi/pulumi";
import type { Provider } from "./components/kubernetes.ts";
import type { Settings } from "./settings.ts";

/**
 * Installs the mesh. What charts and certificates are made with is loaded only where there is one.
 *
 * @returns What has to be there before any pod that takes part; nothing where the mesh is no affair of this stack.
 */
export async function installMesh(
  { mesh, imageMirror }: Settings,
  provider: Provider,
): Promise<pulumi.Resource[]> {
  if (!mesh?.install) return [];
  const { ServiceMesh } = await import("./components/mesh/service-mesh.ts");
  const args = { kind: mesh.kind, ...(imageMirror === undefined ? {} : { imageMirror }) };
  return [new ServiceMesh("mesh", args, { provider })];
}
