import type { Json, JsonObject, Path } from "../program/registration.ts";

/** A Kubernetes object as it is written in a manifest. */
export interface KubernetesObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject & { name: string };
}

/** One object that the program wants, and what has to be there before it. */
export interface Manifest {
  /** What it is, whatever the version of its API: `Deployment.apps tradestack-dev/order`. */
  readonly key: string;
  readonly object: KubernetesObject;
  /** Places in the object that must never be shown. */
  readonly secrets: readonly Path[];
  /** Keys of the manifests that must be ready before this one is applied. */
  readonly needs: readonly string[];
}

/** Types of Pulumi's Kubernetes provider that stand for many objects, or for a part of one. */
const NOT_ONE_OBJECT = /^kubernetes:(helm\.sh|yaml|kustomize)[/:]|Patch$|List$/;

/** A chart, which becomes objects only where Helm and a cluster are at hand. */
export const isChart = (type: string): boolean => type === "kubernetes:helm.sh/v4:Chart";

/** Whether a Kubernetes resource of this Pulumi type is one whole object. */
export const isOneObject = (type: string): boolean => !NOT_ONE_OBJECT.test(type);

/** The API group of an object: `apps` of `apps/v1`, empty for the core. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

/** Kind and group in one word, as ApplySets write it: `Deployment.apps`, `Service`. */
export const groupKindOf = (object: { apiVersion: string; kind: string }): string =>
  [object.kind, groupOf(object.apiVersion)].filter(Boolean).join(".");

/** The namespace an object says it is in, if any. */
export function namespaceOf(object: KubernetesObject): string | undefined {
  const { namespace } = object.metadata;
  return typeof namespace === "string" ? namespace : undefined;
}

/** What an object is, whatever the version of its API. */
export const keyOf = (object: KubernetesObject): string =>
  `${groupKindOf(object)} ${[namespaceOf(object), object.metadata.name].filter(Boolean).join("/")}`;

/** An object's name for people: `deployment/order`. */
export const titleOf = (object: KubernetesObject): string =>
  `${object.kind.toLowerCase()}/${object.metadata.name}`;

/** Narrows a JSON value to an object; anything else reads as one without fields. */
export const asObject = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};

/** Narrows a JSON value to a list of objects; anything else reads as empty. */
export const asObjects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.map((item) => asObject(item)) : [];

/** Narrows a JSON value to a list of texts; what is no text in it reads as empty. */
export const asTexts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.map((item) => asText(item)) : [];

/** Narrows a JSON value to a number, 0 where it is not one. */
export const asNumber = (value: Json | undefined): number => (typeof value === "number" ? value : 0);

/** Narrows a JSON value to text, empty where it is not one. */
export const asText = (value: Json | undefined): string => (typeof value === "string" ? value : "");
