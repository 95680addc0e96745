import { ProgramError } from "../program/collect.ts";
import type { Program, Registration } from "../program/registration.ts";
import { asObject, isChart, isOneObject, type KubernetesObject, keyOf, type Manifest } from "./manifest.ts";
import { compareObjects, precedesPods, runsPods } from "./order.ts";

/** What a program wants of Kubernetes, and what it wants of anything else. */
export interface Wanted {
  /** In the order of rendered files. */
  readonly manifests: readonly Manifest[];
  /** Charts and resources of other providers, which only Pulumi's engine can make. */
  readonly others: readonly Registration[];
}

/**
 * Turns a program's Kubernetes resources into manifests that know what has to be there before them.
 *
 * @param program All that the program registered.
 * @throws {ProgramError} for a resource that cannot be written as one manifest: a patch, a value that only a real
 *   deployment would know.
 */
export function toManifests(program: Program): Wanted {
  const byUrn = new Map(program.resources.map((resource) => [resource.urn, resource]));
  const custom = program.resources.filter(({ custom }) => custom);
  const kubernetes = custom.filter(({ type }) => type.startsWith("kubernetes:") && !isChart(type));
  const objects = new Map(kubernetes.map((resource) => [resource.urn, toObject(resource)]));

  const needsOf = (urn: string, seen = new Set<string>()): string[] =>
    (byUrn.get(urn)?.dependencies ?? []).flatMap((dependency) => {
      if (seen.has(dependency)) return [];
      seen.add(dependency);
      const object = objects.get(dependency);
      return object ? [keyOf(object)] : needsOf(dependency, seen);
    });

  const explicit = kubernetes.map((resource): Manifest => {
    const object = objects.get(resource.urn) as KubernetesObject;
    const needs = [...new Set([...needsOf(resource.urn), ...homeOf(object, objects)])];
    return { key: keyOf(object), object, secrets: resource.secrets, needs };
  });
  return {
    manifests: withImplicitNeeds(explicit).sort((a, b) => compareObjects(a.object, b.object)),
    others: custom.filter(({ type }) => isChart(type) || !/^(kubernetes|pulumi):/.test(type)),
  };
}

function toObject(resource: Registration): KubernetesObject {
  const refuse = (problem: string): never => {
    throw new ProgramError(`resource "${resource.name}" (${resource.type}) ${problem}`);
  };
  if (!isOneObject(resource.type)) {
    refuse("cannot be written as one manifest; deploy this stack with --engine pulumi");
  }
  const [unknown] = resource.unknowns;
  if (unknown !== undefined) {
    refuse(`has ${unknown.join(".")} that only a deployment would know; give it a value of its own`);
  }
  const { apiVersion, kind } = resource.inputs;
  const metadata = asObject(resource.inputs.metadata);
  if (typeof apiVersion !== "string" || typeof kind !== "string") return refuse("has no apiVersion or kind");
  if (typeof metadata.name !== "string") {
    return refuse("has no metadata.name; give it one, so that every engine makes the same object");
  }
  return { ...resource.inputs, apiVersion, kind, metadata: { ...metadata, name: metadata.name } };
}

/** The Namespace that an object lives in and the definition that it is an instance of, where the program has them. */
function homeOf(object: KubernetesObject, objects: ReadonlyMap<string, KubernetesObject>): string[] {
  return [...objects.values()]
    .filter(
      (other) =>
        (other.kind === "Namespace" && other.metadata.name === object.metadata.namespace) ||
        (other.kind === "CustomResourceDefinition" &&
          asObject(asObject(other.spec).names).kind === object.kind),
    )
    .map(keyOf);
}

/**
 * What runs pods waits for what its namespace's pods may read, so that no pod starts before its Secret or its
 * NetworkPolicy is there; except for what itself waits, however indirectly, for the pods.
 */
function withImplicitNeeds(manifests: readonly Manifest[]): Manifest[] {
  const byKey = new Map(manifests.map((manifest) => [manifest.key, manifest]));
  const depths = new Map<string, number>();
  const depth = (key: string): number => {
    const known = depths.get(key);
    if (known !== undefined) return known;
    depths.set(key, 0); // A circle cannot come from a program; this only keeps a wrong one from running for ever.
    const value = Math.max(0, ...(byKey.get(key)?.needs ?? []).map((need) => depth(need) + 1));
    depths.set(key, value);
    return value;
  };
  return manifests.map((manifest) => {
    if (!runsPods(manifest.object.kind)) return manifest;
    const implicit = manifests.filter(
      ({ key, object }) =>
        precedesPods(object.kind) &&
        object.metadata.namespace === manifest.object.metadata.namespace &&
        depth(key) <= depth(manifest.key),
    );
    return { ...manifest, needs: [...new Set([...manifest.needs, ...implicit.map(({ key }) => key)])] };
  });
}
