import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { UsageError } from "../command-line/options.ts";
import { asObject, asText, type KubernetesObject } from "../deploy/manifests/manifest.ts";
import type { Json } from "../deploy/program/registration.ts";

/**
 * Reads a file of manifests, YAML or JSON, whose Lists count as what they hold.
 *
 * @throws {UsageError} where it cannot be read or holds something else than Kubernetes objects.
 */
export function readManifests(path: string): KubernetesObject[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new UsageError(
      `${path} cannot be read; name a file of manifests, such as one that npm run render writes`,
    );
  }
  return parseManifests(text, path);
}

/** The objects of a text; `path` is what errors call it. */
export function parseManifests(text: string, path: string): KubernetesObject[] {
  const documents = parseAllDocuments(text);
  return [...documents].flatMap((document, index) => {
    const [error] = document.errors;
    if (error !== undefined) throw new UsageError(`${path} is not YAML: ${error.message.split("\n", 1)[0]}`);
    const value: Json = document.toJS({ maxAliasCount: 100 });
    return value === null ? [] : objectsOf(value, `${path}, document ${index + 1}`);
  });
}

function objectsOf(value: Json, place: string): KubernetesObject[] {
  const { apiVersion, kind, metadata, items, ...fields } = asObject(value);
  if (asText(kind).endsWith("List") && Array.isArray(items)) {
    return items.flatMap((item, index) => objectsOf(item, `${place}, item ${index + 1}`));
  }
  const { name } = asObject(metadata);
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
    throw new UsageError(`${place} is no Kubernetes object; it needs apiVersion, kind and metadata.name`);
  }
  const own = items === undefined ? fields : { ...fields, items };
  return [{ ...own, apiVersion, kind, metadata: { ...asObject(metadata), name } }];
}
