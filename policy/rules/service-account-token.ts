import { asText, type KubernetesObject, namespaceOf } from "../../deploy/manifests/manifest.ts";
import { type Pod, podsOf } from "../pods.ts";
import { type Rule, violation } from "../rule.ts";

/** Whoever breaks into a pod finds its token, and with it a way to the API server. */
export const serviceAccountToken: Rule = {
  name: "service-account-token",
  description: "No pod is given a token for the Kubernetes API, by itself or by its service account.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) => {
    const accounts = manifests.filter(({ kind }) => kind === "ServiceAccount");
    return podsOf(manifests)
      .filter((pod) => isMounted(pod, accounts))
      .map(({ owner, path }) =>
        violation(
          owner,
          `${path}.automountServiceAccountToken`,
          "the pod is given a token for the Kubernetes API; set automountServiceAccountToken: false on it or on its service account",
        ),
      );
  },
};

/** What the pod says counts before what its account says; if neither says anything, there is a token. */
function isMounted({ owner, spec }: Pod, accounts: readonly KubernetesObject[]): boolean {
  const name = asText(spec.serviceAccountName) || "default";
  const account = accounts.find(
    (candidate) => candidate.metadata.name === name && namespaceOf(candidate) === namespaceOf(owner),
  );
  return (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true) === true;
}
