import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document } from "yaml";
import type { KubernetesObject } from "./manifest.ts";
import { rank } from "./order.ts";

/** First line of every rendered file; only files that begin with it are ever removed. */
const HEADER = "# Rendered by Tradestack; change the program instead.\n";

/** Fields that people look for first. */
const FIRST = ["apiVersion", "kind", "metadata", "name", "namespace"];

/** Writes an object as YAML, the same text for the same object whatever the order of its fields. */
export function toYaml(object: KubernetesObject): string {
  const place = (key: unknown): number =>
    (FIRST.indexOf(String(key)) + FIRST.length + 1) % (FIRST.length + 1);
  const document = new Document(object, {
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => {
      const [left, right] = [String(a.key), String(b.key)];
      return place(left) - place(right) || (left < right ? -1 : 1);
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** All objects as one stream of YAML documents. */
export const toStream = (objects: readonly KubernetesObject[]): string =>
  objects.map((object) => `---\n${toYaml(object)}`).join("");

/** An object's file: numbered by kind, so that `kubectl apply -f DIR` meets a Namespace before what is in it. */
export function fileNameOf({ kind, metadata }: KubernetesObject): string {
  const number = String(rank(kind)).padStart(2, "0");
  const parts = [number, kind.toLowerCase(), metadata.namespace, metadata.name];
  return `${parts
    .filter(Boolean)
    .join("-")
    .replaceAll(/[^A-Za-z0-9.-]/g, "-")}.yaml`;
}

/**
 * Writes one file per object and removes those of earlier renderings that have no object any more.
 *
 * @param directory Made where it does not exist. Files that were not rendered are left alone.
 */
export function writeFiles(objects: readonly KubernetesObject[], directory: string): void {
  mkdirSync(directory, { recursive: true });
  const files = new Map(objects.map((object) => [fileNameOf(object), HEADER + toYaml(object)]));
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".yaml") && !files.has(name))) {
    if (readFileSync(join(directory, file), "utf8").startsWith(HEADER)) rmSync(join(directory, file));
  }
  // Rendered secrets, if they were asked for, are for their owner alone.
  for (const [file, text] of files) writeFileSync(join(directory, file), text, { mode: 0o600 });
}
