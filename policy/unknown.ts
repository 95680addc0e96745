import type { Json } from "../deploy/program/registration.ts";

/** The steps of a path such as `spec.containers[0].env` or `data["app.yaml"]`. */
const STEP = /\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/**
 * Whether only a deployment would know what is at a place, or around it: unknown values are null.
 *
 * @param path As violations have it; steps that do not lead anywhere end the walk.
 */
export function isUnknownAt(value: Json, path: string): boolean {
  let inner: Json | undefined = value;
  for (const [, quoted, index, name] of path.matchAll(STEP)) {
    if (inner === null || inner === undefined || typeof inner !== "object") break;
    inner = Array.isArray(inner) ? inner[Number(index)] : inner[quoted ?? name ?? ""];
  }
  return inner === null;
}
