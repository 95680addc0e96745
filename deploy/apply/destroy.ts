import type { Objects } from "../kubernetes/objects.ts";
import type { KubernetesObject } from "../manifests/manifest.ts";
import { compareObjects } from "../manifests/order.ts";
import { type ApplySet, parentOf, readMembers, readReach } from "../plan/applyset.ts";
import { isKept } from "../plan/kept.ts";
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
 * Removes everything that belongs to a set. Volume claims, and the namespaces around them, stay unless their data
 * is to go as well; a later call with `deleteData` finds them again.
 *
 * @returns A sentence about what stays.
 */
export async function destroySet(objects: Objects, set: ApplySet, options: DestroyOptions): Promise<string> {
  const reach = (await readReach(objects, set)) ?? { groupKinds: ["Namespace"], namespaces: [] };
  const members = await readMembers(objects, set, reach);
  const namespaces = members.filter(({ kind }) => kind === "Namespace");
  const claims = await claimsIn(
    objects,
    namespaces.map(({ metadata }) => metadata.name),
  );
  const spares = claims.length > 0 && !options.deleteData;
  const last = new Set(["Namespace", "PersistentVolumeClaim"]);
  const running = members
    .filter((member) => !last.has(member.kind) && !(spares && isKept(member)))
    .sort((a, b) => compareObjects(b, a));
  const stays = spares ? staying(claims) : "nothing stays";
  if (running.length === 0 && (spares || namespaces.length === 0)) {
    return spares ? `there was nothing else to remove; ${stays}` : "there was nothing to remove";
  }

  await confirmRemoval(`${members.length} objects in ${set.namespace}`, claims, options);
  await remove(objects, running, options);
  if (!spares) await remove(objects, claims, options);
  await objects.delete(parentOf(set));
  if (!spares) await remove(objects, namespaces, options);
  return stays;
}

/**
 * Asks whether something may be removed, and says what becomes of the data.
 *
 * @throws {NotConfirmedError} where the answer is no.
 */
export async function confirmRemoval(
  what: string,
  claims: readonly KubernetesObject[],
  { confirm, deleteData }: Pick<DestroyOptions, "confirm" | "deleteData">,
): Promise<void> {
  const names = claims.map(({ metadata }) => metadata.name).join(", ");
  const data = deleteData ? `, and the DATA in volume claims ${names}` : `; ${staying(claims)}`;
  if (await confirm(`Remove ${what}${claims.length > 0 ? data : ""}?`)) return;
  throw new NotConfirmedError("nothing was removed; answer yes, or pass --yes");
}

/** What is said where volume claims stay. */
export const staying = (claims: readonly KubernetesObject[]): string =>
  `the data in ${claims.length} volume claims stays (up finds it again, destroy --delete-data removes it)`;

/** The volume claims in some namespaces. */
export async function claimsIn(objects: Objects, namespaces: readonly string[]): Promise<KubernetesObject[]> {
  const lists = namespaces.map((namespace) => objects.in(namespace, "v1", "PersistentVolumeClaim"));
  return (await Promise.all(lists)).flat();
}
