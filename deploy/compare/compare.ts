import { type Difference, diff } from "../plan/diff.ts";
import { fixedFields } from "./fixed-fields.ts";
import { refine } from "./refine.ts";
import type { Resource } from "./resources.ts";

/** What happens to one resource, gravest first. */
export const ACTIONS = ["remove", "replace", "change", "add"] as const;
export type Action = (typeof ACTIONS)[number];

/** One resource that is not the same before and after. */
export interface Change {
  readonly action: Action;
  /** As it is afterwards; a removed one as it was. */
  readonly resource: Resource;
  /** Field by field; empty for what is added or removed. */
  readonly differences: readonly Difference[];
  /** What a reader should know besides the fields; empty if nothing. */
  readonly note: string;
}

/** One stack before and after. */
export interface StackComparison {
  readonly stack: string;
  /** What is to be known of the stack itself, such as that it is new; empty if nothing. */
  readonly note: string;
  /** Gravest first, and what holds data before what does not. */
  readonly changes: readonly Change[];
  readonly unchanged: number;
}

/** Whether a change may take data with it. */
export const endangersData = ({ action, resource }: Change): boolean =>
  resource.holdsData && (action === "remove" || action === "replace");

/**
 * Compares what a stack's program wants before and after. A resource is the same one if its provider knows it by the
 * same name; or else, if Pulumi's state does: then the provider has to replace it.
 */
export function compareResources(
  stack: string,
  before: readonly Resource[],
  after: readonly Resource[],
): StackComparison {
  const byKey = new Map(before.map((resource) => [resource.key, resource]));
  const byUrn = new Map(before.map((resource) => [resource.urn, resource]));
  const kept = new Set(after.map(({ key }) => key));
  const matched = new Set<Resource>();
  const changes: Change[] = [];
  for (const resource of after) {
    const same = byKey.get(resource.key);
    const renamed = byUrn.get(resource.urn);
    // What still exists under its old name was not renamed.
    const earlier = same ?? (renamed !== undefined && !kept.has(renamed.key) ? renamed : undefined);
    if (earlier !== undefined) matched.add(earlier);
    const change = changeOf(earlier, resource);
    if (change !== undefined) changes.push(change);
  }
  const removed = before.filter((resource) => !matched.has(resource));
  changes.push(
    ...removed.map((resource): Change => ({ action: "remove", resource, differences: [], note: "" })),
  );
  const gravity = (change: Change): number =>
    ACTIONS.indexOf(change.action) + (endangersData(change) ? 0 : ACTIONS.length);
  const text = ({ resource }: Change): string => resource.key;
  changes.sort((a, b) => gravity(a) - gravity(b) || (text(a) < text(b) ? -1 : 1));
  const unchanged = before.length - changes.filter(({ action }) => action !== "add").length;
  return { stack, note: "", changes, unchanged };
}

function changeOf(before: Resource | undefined, resource: Resource): Change | undefined {
  if (before === undefined) return { action: "add", resource, differences: [], note: "" };
  const differences = diff(before.value, resource.value).flatMap(refine);
  if (before.key !== resource.key) {
    return { action: "replace", resource, differences, note: `was ${before.title}` };
  }
  const fixed = fixedFields(before, differences);
  if (fixed.length > 0) {
    const note = `${[...new Set(fixed)].join(", ")} cannot be changed in place`;
    return { action: "replace", resource, differences, note };
  }
  if (before.urn !== resource.urn) {
    const note = `Pulumi's state knows it as ${before.urn}; without an alias of that name it is made anew`;
    return { action: resource.holdsData ? "replace" : "change", resource, differences, note };
  }
  if (differences.length === 0) return undefined;
  // Which fields of a cloud's resource can be changed in place only its provider knows.
  const asks = resource.holdsData && resource.type.includes(":");
  const note = asks ? "whether it is replaced, only a preview by Pulumi's engine tells" : "";
  return { action: "change", resource, differences, note };
}
