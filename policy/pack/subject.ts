/** Turns what Pulumi's engine tells of resources into what rules look at. */

import {
  asObject,
  asText,
  isOneObject,
  type KubernetesObject,
  keyOf,
} from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type CloudResource, cloudTitle, type Subject } from "../rule.ts";

/** The part of a resource that is read here, as the policy SDK hands it over. */
export interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: object;
  /** Undefined where a resource is looked at by itself. */
  readonly dependencies?: readonly { readonly urn: string }[];
}

/** What rules look at, and whose URN stands behind each title in their answers. */
export interface EngineSubject extends Subject {
  readonly urns: ReadonlyMap<string, string>;
}

/**
 * What the charts of a service mesh make. A control plane asks the Kubernetes API and its network plugin writes to its
 * node: these are the charts' affair, chosen with their version, and no exception could be written into them.
 */
const OF_A_MESH = /tradestack:index:ServiceMesh\$kubernetes:helm\.sh\/v4:Chart\$/;

/** The resources of a stack, or one of them by itself. */
export function subjectOf(all: readonly EngineResource[]): EngineSubject {
  const manifests: KubernetesObject[] = [];
  const resources: CloudResource[] = [];
  const urns = new Map<string, string>();
  for (const { type, name, urn, props, dependencies } of all) {
    if (OF_A_MESH.test(urn)) continue;
    const inputs = asObject(plain(props));
    if (type.startsWith("kubernetes:")) {
      // The engine tells the objects of a chart one by one, besides.
      const object = isOneObject(type) ? toObject(inputs, name) : undefined;
      if (object === undefined) continue;
      manifests.push(object);
      urns.set(keyOf(object), urn);
    } else if (!type.startsWith("pulumi:")) {
      const resource = {
        urn,
        type,
        name,
        inputs,
        dependencies: (dependencies ?? []).map((other) => other.urn),
      };
      resources.push(resource);
      urns.set(cloudTitle(resource), urn);
    }
  }
  return { manifests, resources, urns };
}

/** The object of a resource; one that Pulumi names itself goes by the resource's name. */
function toObject(inputs: JsonObject, name: string): KubernetesObject | undefined {
  const { apiVersion, kind } = inputs;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  const metadata = asObject(inputs.metadata);
  return { ...inputs, apiVersion, kind, metadata: { ...metadata, name: asText(metadata.name) || name } };
}

/** The SDK throws where a value is read that only a deployment would know; rules find null there. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => plain(read(value, index)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(read(value, key))]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    // The SDK keeps the class to itself.
    if (error instanceof Error && error.constructor.name === "UnknownValueError") return null;
    throw error;
  }
}
