import { createHash } from "node:crypto";
import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asText, groupKindOf, type KubernetesObject, namespaceOf } from "../manifests/manifest.ts";

/**
 * Which objects belong to a deployment is remembered in the cluster itself, as Kubernetes' ApplySet specification
 * (KEP-3659) lays down: every member carries a label with the set's id, and a parent object lists the kinds and
 * namespaces to look in. Other tools that know ApplySets can read it.
 */

const PREFIX = "applyset.kubernetes.io";
const PART_OF = `${PREFIX}/part-of`;
const KINDS = `${PREFIX}/contains-group-kinds`;
const NAMESPACES = `${PREFIX}/additional-namespaces`;

/** The set of a stack's objects; its parent is a ConfigMap in the stack's namespace. */
export interface ApplySet {
  readonly name: string;
  readonly namespace: string;
}

/** Where to look for members. */
export interface Reach {
  readonly groupKinds: readonly string[];
  /** Besides the parent's own. */
  readonly namespaces: readonly string[];
}

/** The set's id, derived from its parent as the specification says. */
export function idOf({ name, namespace }: ApplySet): string {
  const digest = createHash("sha256").update(`${name}.${namespace}.ConfigMap.`).digest("base64url");
  return `applyset-${digest}-v1`;
}

/** The set that an object is a member of, if any. */
export const membershipOf = (object: KubernetesObject): string | undefined => {
  const label = asObject(object.metadata.labels)[PART_OF];
  return typeof label === "string" ? label : undefined;
};

/** The object as a member of the set. */
export const asMember = (object: KubernetesObject, set: ApplySet): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...asObject(object.metadata.labels), [PART_OF]: idOf(set) } },
});

/** Where members of these objects would be found. */
export function reachOf(objects: readonly KubernetesObject[], set: ApplySet): Reach {
  const namespaces = objects.map(namespaceOf).filter((name) => name !== undefined && name !== set.namespace);
  return {
    groupKinds: [...new Set(objects.map(groupKindOf))].sort(),
    namespaces: [...new Set(namespaces as string[])].sort(),
  };
}

/** Both reaches in one. */
export const union = (a: Reach, b: Reach): Reach => ({
  groupKinds: [...new Set([...a.groupKinds, ...b.groupKinds])].sort(),
  namespaces: [...new Set([...a.namespaces, ...b.namespaces])].sort(),
});

/** The set's parent object with a reach. */
export function parentOf(set: ApplySet, reach: Reach = { groupKinds: [], namespaces: [] }): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: set.name,
      namespace: set.namespace,
      labels: { [`${PREFIX}/id`]: idOf(set), "app.kubernetes.io/part-of": "tradestack" },
      annotations: {
        [`${PREFIX}/tooling`]: "tradestack/v1",
        [KINDS]: reach.groupKinds.join(","),
        [NAMESPACES]: reach.namespaces.join(","),
      },
    },
  };
}

/** Reads from the cluster where members are to be looked for; undefined where nothing has been deployed yet. */
export async function readReach(objects: Objects, set: ApplySet): Promise<Reach | undefined> {
  const parent = await objects.get(parentOf(set));
  if (parent === undefined) return undefined;
  const annotations = asObject(parent.metadata.annotations);
  const list = (key: string): string[] => asText(annotations[key]).split(",").filter(Boolean);
  return { groupKinds: list(KINDS), namespaces: list(NAMESPACES) };
}

/** Lists the set's live members. */
export async function readMembers(
  objects: Objects,
  set: ApplySet,
  reach: Reach,
): Promise<KubernetesObject[]> {
  const labels = `${PART_OF}=${idOf(set)}`;
  const lists = reach.groupKinds.map(async (groupKind) => {
    const [kindName = "", ...group] = groupKind.split(".");
    const version = await objects.preferredVersion(group.join("."));
    const kind = version === undefined ? undefined : await objects.kind(version, kindName);
    if (kind === undefined) return [];
    if (!kind.namespaced) return objects.list(kind, { labels });
    const namespaces = [set.namespace, ...reach.namespaces];
    return (
      await Promise.all(namespaces.map((namespace) => objects.list(kind, { namespace, labels })))
    ).flat();
  });
  return (await Promise.all(lists)).flat();
}
