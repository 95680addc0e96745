import { ApiError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import {
  asObjects,
  asText,
  type KubernetesObject,
  keyOf,
  type Manifest,
  titleOf,
} from "../manifests/manifest.ts";
import { compareObjects } from "../manifests/order.ts";
import {
  type ApplySet,
  asMember,
  idOf,
  membershipOf,
  type Reach,
  reachOf,
  readMembers,
  readReach,
  union,
} from "./applyset.ts";
import { type Difference, diffObjects } from "./diff.ts";
import { isKept } from "./kept.ts";
import { explainRefusal } from "./refusal.ts";

/** What would be done about one object. */
export type Change =
  | { readonly action: "create"; readonly manifest: Manifest; readonly object: KubernetesObject }
  | {
      readonly action: "update" | "unchanged";
      readonly manifest: Manifest;
      readonly object: KubernetesObject;
      readonly live: KubernetesObject;
      readonly differences: readonly Difference[];
    }
  | { readonly action: "remove" | "keep"; readonly live: KubernetesObject };

/** All that an update would do, found out without changing anything. */
export interface Plan {
  readonly set: ApplySet;
  /** In the order of manifests, then what is removed. */
  readonly changes: readonly Change[];
  /** Sentences that say what the server would not take, and what to do. */
  readonly refusals: readonly string[];
  /** Where members are, before the update; undefined where nothing was deployed. */
  readonly before: Reach | undefined;
  /** Where members are to be looked for afterwards. */
  readonly after: Reach;
  /** Namespaces that are not there yet: what goes into them could not be checked with the server. */
  readonly missingNamespaces: readonly string[];
}

/**
 * Compares what is wanted with what is live by asking the server what each object would become (a dry run), and
 * finds what is live but no longer wanted.
 */
export async function makePlan(
  objects: Objects,
  manifests: readonly Manifest[],
  set: ApplySet,
): Promise<Plan> {
  const wanted = manifests.map((manifest) => ({ ...manifest, object: asMember(manifest.object, set) }));
  const after = reachOf(
    wanted.map(({ object }) => object),
    set,
  );
  const before = await readReach(objects, set);
  const members = await readMembers(objects, set, union(before ?? { groupKinds: [], namespaces: [] }, after));
  const live = new Map(members.map((member) => [keyOf(member), member]));

  const missing = new Set<string>();
  const refusals: string[] = [];
  const foreign: string[] = [];
  const planned = await Promise.all(
    wanted.map(async (manifest): Promise<Change | undefined> => {
      try {
        return await planOne(objects, manifest, live.get(manifest.key), set);
      } catch (error) {
        if (error instanceof ForeignError) {
          foreign.push(titleOf(manifest.object));
          return undefined;
        }
        if (!(error instanceof ApiError)) throw error;
        // Neither a missing namespace nor a missing definition is an error while the plan itself brings them.
        if (
          error.status === 404 &&
          manifest.needs.some((need) => /^(Namespace|CustomResourceDefinition)/.test(need))
        ) {
          if (typeof manifest.object.metadata.namespace === "string")
            missing.add(manifest.object.metadata.namespace);
          return { action: "create", manifest, object: manifest.object };
        }
        refusals.push(explainRefusal(manifest.object, error));
        return undefined;
      }
    }),
  );
  if (foreign.length > 0) {
    refusals.unshift(
      `${foreign.length} objects, such as ${foreign[0]}, were deployed by Pulumi's engine; ` +
        "go on with --engine pulumi, or destroy them with that first",
    );
  }
  const keys = new Set(wanted.map(({ key }) => key));
  const removed = members
    .filter((member) => !keys.has(keyOf(member)))
    .sort((a, b) => compareObjects(b, a))
    .map((member): Change => ({ action: isKept(member) ? "keep" : "remove", live: member }));
  const changes = [...planned.filter((change) => change !== undefined), ...removed];
  return { set, changes, refusals, before, after, missingNamespaces: [...missing].sort() };
}

async function planOne(
  objects: Objects,
  manifest: Manifest,
  member: KubernetesObject | undefined,
  set: ApplySet,
): Promise<Change> {
  const live = member ?? (await objects.get(manifest.object));
  const owner = live === undefined ? undefined : membershipOf(live);
  if (owner !== undefined && owner !== idOf(set)) {
    const message = `belongs to another deployment (ApplySet ${owner}); destroy that one first, or rename this object`;
    throw new ApiError(409, JSON.stringify({ message }));
  }
  if (live !== undefined && owner === undefined && isPulumis(live)) throw new ForeignError();
  const object = await objects.apply(manifest.object, { dryRun: true });
  if (live === undefined) return { action: "create", manifest, object };
  const differences = diffObjects(live, object);
  return { action: differences.length > 0 ? "update" : "unchanged", manifest, object, live, differences };
}

/** An object is there already, and Pulumi's engine minds it. */
class ForeignError extends Error {}

/** Whether Pulumi's engine minds an object; what holds data outlives it there, too, and may be taken over. */
const isPulumis = (object: KubernetesObject): boolean =>
  !isKept(object) &&
  asObjects(object.metadata.managedFields).some(({ manager }) =>
    asText(manager).startsWith("pulumi-kubernetes"),
  );

/** A change's object: what it becomes, or what is removed. */
export const subjectOf = (change: Change): KubernetesObject =>
  "object" in change ? change.object : change.live;

/** A change's title for people. */
export const changeTitle = (change: Change): string => titleOf(subjectOf(change));
