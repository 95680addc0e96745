import type { Objects } from "../kubernetes/objects.ts";
import type { KubernetesObject } from "../manifests/manifest.ts";
import { compareObjects } from "../manifests/order.ts";
import { type ApplySet, parentOf, readMembers, readReach } from "../plan/applyset.ts";
import type { Progress } from "../progress/progress.ts";
import { remove } from "./remove.ts";

/** How a platform is removed. */
export interface DestroyOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Asks before anything is removed. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Whether stored data goes as well. */
  readonly deleteData: boolean;
}

/** Nobody confirmed that the platform may go. */
export class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
}

/**
 * Removes everything that belongs to a set. Volume claims, and the namespace around them, stay unless their data
 * is to go as well.
 *
 * @returns A sentence about what stays.
 */
export async function destroySet(objects: Objects, set: ApplySet, options: DestroyOptions): Promise<string> {
  const reach = await readReach(objects, set);
  if (reach === undefined) return "there was nothing to remove";
  const members = await readMembers(objects, set, reach);
  const claims = (
    await Promise.all([set.namespace, ...reach.namespaces].map((name) => claimsIn(objects, name)))
  ).flat();
  const spares = claims.length > 0 && !options.deleteData;

  const what = `${members.length} objects in ${[set.namespace, ...reach.namespaces].join(", ")}`;
  const data =
    claims.length === 0
      ? ""
      : spares
        ? `; the data in ${claims.length} volume claims stays`
        : `, and the DATA in ${claims.length} volume claims (${claims.map(({ metadata }) => metadata.name).join(", ")})`;
  if (!(await options.confirm(`Remove ${what}${data}?`))) {
    throw new NotConfirmedError("nothing was removed; say yes, or pass --yes");
  }

  const last = new Set(["Namespace", "PersistentVolumeClaim"]);
  const running = members.filter(({ kind }) => !last.has(kind)).sort((a, b) => compareObjects(b, a));
  await remove(objects, running, options);
  if (!spares) await remove(objects, claims, options);
  await objects.delete(parentOf(set));
  if (spares) {
    return (
      `the data in ${claims.length} volume claims stays in namespace ${set.namespace}; ` +
      "up finds it again, and destroy --delete-data removes it"
    );
  }
  await remove(
    objects,
    members.filter(({ kind }) => kind === "Namespace"),
    options,
  );
  return "nothing stays";
}

async function claimsIn(objects: Objects, namespace: string): Promise<KubernetesObject[]> {
  const kind = await objects.kind("v1", "PersistentVolumeClaim");
  return kind === undefined ? [] : objects.list(kind, { namespace });
}
