/** What those that watch may read of the Kubernetes API. */

import type * as pulumi from "@pulumi/pulumi";
import { Role, RoleBinding } from "../kubernetes.ts";
import type { PartMetadata } from "./reach.ts";
import type { ScrapeTargetArgs } from "./targets.ts";

/** Kinds of one group of the API. */
export interface Readable {
  readonly apiGroups: string[];
  readonly resources: string[];
}

/** Namespaces that are watched, each once. */
export const watchedNamespaces = (targets: readonly ScrapeTargetArgs[]): string[] => [
  ...new Set(targets.map((target) => target.namespace)),
];

/**
 * Lets a part see objects of some namespaces, and of no other.
 *
 * @param metadata The part's; its account has the same name.
 * @param what Part of the resources' names, such as `pods`.
 * @param verbs What it does with them.
 */
export function letRead(
  parent: pulumi.ComponentResource,
  metadata: PartMetadata,
  what: string,
  namespaces: readonly string[],
  readable: readonly Readable[],
  verbs: readonly string[],
): pulumi.Resource[] {
  const { name, namespace, labels } = metadata;
  return namespaces.map((watched) => {
    const own = { name, namespace: watched, labels };
    const rules = readable.map((kinds) => ({ ...kinds, verbs: [...verbs] }));
    const role = new Role(`${name}-${what}-${watched}`, { metadata: own, rules }, { parent });
    return new RoleBinding(
      `${name}-${what}-${watched}`,
      {
        metadata: own,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
      { parent },
    );
  });
}
