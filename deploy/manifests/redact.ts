import type { Json, JsonObject, Path } from "../program/registration.ts";
import { asObject, type KubernetesObject, type Manifest } from "./manifest.ts";

/** Stands where a secret value was withheld. */
export const WITHHELD = "(withheld)";
/** Marks a Secret that was rendered without its values. */
const WITHHELD_ANNOTATION = "tradestack.dev/values-withheld";

/**
 * Takes every secret out of a manifest. A Secret loses all its values and says so in an annotation; elsewhere, such
 * as in a checksum over credentials, a fixed word takes the value's place.
 *
 * @returns A copy that may be stored and shown, the same whatever the secrets are.
 */
export function withholdSecrets({ object, secrets }: Manifest): KubernetesObject {
  if (object.kind === "Secret" && object.apiVersion === "v1") {
    const { data: _data, stringData: _stringData, ...rest } = object;
    const { annotations, ...metadata } = object.metadata;
    const marked = { ...metadata, annotations: { ...asObject(annotations), [WITHHELD_ANNOTATION]: "true" } };
    return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: marked };
  }
  return secrets.reduce((copy, path) => replaceAt(copy, path, WITHHELD), object as Json) as KubernetesObject;
}

/** A copy in which every single value at or below a place is replaced; its shape, such as the keys of a map, stays. */
export function replaceAt(value: Json, path: Path, replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return replaceLeaves(value, replacement);
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === step ? replaceAt(item, rest, replacement) : item));
  }
  const object: JsonObject = asObject(value);
  const inner = object[step];
  return inner === undefined ? object : { ...object, [step]: replaceAt(inner, rest, replacement) };
}

/** Keeps the shape of a secret map or list, so that the manifest stays valid. */
function replaceLeaves(value: Json, replacement: Json): Json {
  if (Array.isArray(value)) return value.map((item) => replaceLeaves(item, replacement));
  if (value === null || typeof value !== "object") return replacement;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceLeaves(item, replacement)]),
  );
}
