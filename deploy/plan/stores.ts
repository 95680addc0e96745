import { ApiError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import type { Manifest } from "../manifests/manifest.ts";
import { explainRefusal } from "./refusal.ts";

/** What is fixed about a StatefulSet for as long as it lives. */
const FIXED = /updates to statefulset spec for fields other than|field is immutable/i;

/**
 * Finds StatefulSets of which something is wanted that Kubernetes cannot change: the size or class of their volumes,
 * their selector, the name of their Service. The server is asked, and changes nothing. Pulumi's engine would delete
 * such a set, and all its pods with it, to make another one that finds the old volumes as they were.
 *
 * @returns Sentences with the remedy; none where all is well.
 */
export async function replacedStores(objects: Objects, manifests: readonly Manifest[]): Promise<string[]> {
  const sets = manifests.map(({ object }) => object).filter(({ kind }) => kind === "StatefulSet");
  const told = await Promise.all(
    sets.map(async (set) => {
      if ((await objects.get(set)) === undefined) return undefined;
      try {
        await objects.apply(set, { dryRun: true });
        return undefined;
      } catch (error) {
        if (error instanceof ApiError && FIXED.test(error.message)) return explainRefusal(set, error);
        throw error;
      }
    }),
  );
  return told.filter((sentence) => sentence !== undefined);
}
