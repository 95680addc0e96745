import { asObject, asObjects, asText } from "../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../deploy/program/registration.ts";

/**
 * Whether a label selector chooses what has these labels.
 *
 * @param selector A `LabelSelector`; an empty one chooses everything, none at all chooses nothing.
 */
export function selects(selector: Json | undefined, labels: JsonObject): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels, matchExpressions } = asObject(selector);
  return (
    Object.entries(asObject(matchLabels)).every(([key, value]) => labels[key] === value) &&
    asObjects(matchExpressions).every((expression) => holds(expression, labels))
  );
}

function holds({ key, operator, values }: JsonObject, labels: JsonObject): boolean {
  const label = labels[asText(key)];
  const listed = Array.isArray(values) && label !== undefined && values.includes(label);
  if (operator === "In") return listed;
  if (operator === "NotIn") return !listed;
  return operator === "Exists" ? label !== undefined : label === undefined;
}
