import { isDeepStrictEqual } from "node:util";
import { asObject, type KubernetesObject } from "../manifests/manifest.ts";
import type { Json, JsonObject, Path } from "../program/registration.ts";

/** One field that is not the same before and after; an absent value is undefined. */
export interface Difference {
  /** Readable path of the field: `spec.template.spec.containers[order].image`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Fields that the server keeps for itself; they say nothing about what was asked for. */
const BOOKKEEPING = [
  "managedFields",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "uid",
  "selfLink",
];

/**
 * Compares two states of one object as the server holds them, so that defaults are filled in on both sides.
 *
 * @returns The fields that differ, without those that the server keeps for itself.
 */
export function diffObjects(before: KubernetesObject, after: KubernetesObject): Difference[] {
  return diff(withoutBookkeeping(before), withoutBookkeeping(after));
}

function withoutBookkeeping({ status: _status, ...object }: KubernetesObject): JsonObject {
  const metadata = Object.entries(object.metadata).filter(([key]) => !BOOKKEEPING.includes(key));
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** Compares two JSON values field by field. Lists of named things are compared by name, so that paths stay stable. */
export function diff(before: Json | undefined, after: Json | undefined, path = ""): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isPlain(before) && isPlain(after)) return diffFields(before, after, (key) => joinKey(path, key));
  const [named, renamed] = [byName(before), byName(after)];
  if (named !== undefined && renamed !== undefined && sameOrder(named, renamed)) {
    return diffFields(named, renamed, (name) => `${path}[${name}]`);
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => diff(item, after[index], `${path}[${index}]`));
  }
  return [{ path, before, after }];
}

const isPlain = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Keys with dots, such as those of annotations, are put in brackets so that the path stays unambiguous. */
const joinKey = (path: string, key: string): string => {
  if (/[.[\]"]/.test(key) || key === "") return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

function diffFields(before: JsonObject, after: JsonObject, pathOf: (key: string) => string): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => diff(before[key], after[key], pathOf(key)));
}

/** A list of things with distinct names, such as containers or variables, as a map from name to thing. */
function byName(value: Json | undefined): JsonObject | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.map((item) => asObject(item).name);
  const usable = names.every(
    (name) => typeof name === "string" && !/^\d*$/.test(name) && !/[[\]"]/.test(name),
  );
  if (!usable || new Set(names).size !== names.length) return undefined;
  return Object.fromEntries(value.map((item) => [asObject(item).name, item]));
}

/** The readable path, as {@link diff} writes it, of a place in a value. */
export function readablePath(value: Json, place: Path): string {
  let path = "";
  let here: Json | undefined = value;
  for (const step of place) {
    const list: Json[] | undefined = Array.isArray(here) ? here : undefined;
    const name = byName(here) && asObject(list?.[Number(step)]).name;
    path = list === undefined ? joinKey(path, String(step)) : `${path}[${name ?? step}]`;
    here = list === undefined ? asObject(here)[step] : list[Number(step)];
  }
  return path;
}

/** Whether what both have in common comes in the same order; if not, the order itself is a difference. */
function sameOrder(before: JsonObject, after: JsonObject): boolean {
  const common = (a: JsonObject, b: JsonObject): string[] =>
    Object.keys(a).filter((key) => Object.hasOwn(b, key));
  return isDeepStrictEqual(common(before, after), common(after, before));
}
