import { asObject, type KubernetesObject, namespaceOf } from "../../deploy/manifests/manifest.ts";
import type { Json } from "../../deploy/program/registration.ts";
import { podsOf } from "../pods.ts";
import { type Rule, violation } from "../rule.ts";

/** Where nothing denies by default, a policy that was forgotten opens a service instead of closing it. */
export const defaultDeny: Rule = {
  name: "default-deny",
  description: "Each namespace that pods run in denies all traffic, in and out, that no policy allows.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) => {
    const denied = new Set(manifests.filter(deniesAll).map(namespaceOf));
    const exposed = podsOf(manifests).filter(({ owner }) => !denied.has(namespaceOf(owner)));
    // Once for each namespace: its first workload stands for the others.
    const first = new Map(exposed.toReversed().map(({ owner }) => [namespaceOf(owner), owner]));
    return [...first]
      .reverse()
      .map(([namespace, owner]) =>
        violation(
          owner,
          "metadata.namespace",
          `namespace "${namespace ?? "default"}" lets everything through that no policy names; add a NetworkPolicy with an empty podSelector, both policyTypes and no rules`,
        ),
      );
  },
};

function deniesAll({ kind, spec }: KubernetesObject): boolean {
  const { podSelector, policyTypes, ingress, egress } = asObject(spec);
  return (
    kind === "NetworkPolicy" &&
    Object.values(asObject(podSelector)).every(isEmpty) &&
    Array.isArray(policyTypes) &&
    ["Ingress", "Egress"].every((type) => policyTypes.includes(type)) &&
    isEmpty(ingress) &&
    isEmpty(egress)
  );
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
