import type { Difference } from "../plan/diff.ts";
import type { Json } from "../program/registration.ts";

/**
 * Tells long values by what is really another: texts of several lines line by line, lists without names item by item.
 * Where the same things only stand in another order, the value as a whole is the difference.
 */
export function refine(difference: Difference): Difference[] {
  const { path, before, after } = difference;
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old === undefined || now === undefined) return [difference];
  const gone = without(old, now).map((part): Difference => ({ path, before: part, after: undefined }));
  const come = without(now, old).map((part): Difference => ({ path, before: undefined, after: part }));
  return gone.length + come.length === 0 ? [difference] : [...gone, ...come];
}

function partsOf(value: Json | undefined): Json[] | undefined {
  if (Array.isArray(value)) return value;
  return typeof value === "string" && value.trimEnd().includes("\n") ? value.split("\n") : undefined;
}

/** The parts that others do not have, or not as often. */
function without(parts: readonly Json[], others: readonly Json[]): Json[] {
  const left = others.map((part) => JSON.stringify(part));
  return parts.filter((part) => {
    const index = left.indexOf(JSON.stringify(part));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
