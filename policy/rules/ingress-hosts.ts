import {
  asObject,
  asObjects,
  asText,
  type KubernetesObject,
  keyOf,
} from "../../deploy/manifests/manifest.ts";
import { type Rule, violation } from "../rule.ts";

/** A host as a rule of an Ingress names it; empty: every host. */
interface HostRule {
  readonly ingress: KubernetesObject;
  readonly className: string;
  readonly host: string;
  readonly path: string;
}

/** Which of two rules gets a request depends on the controller, and on which was made first. */
export const ingressHosts: Rule = {
  name: "ingress-hosts",
  description: "No two rules of an ingress class are for the same host, or for one that the other includes.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) => {
    const rules = manifests.filter(({ kind }) => kind === "Ingress").flatMap(rulesOf);
    return rules.flatMap((rule, index) => {
      const other = rules.slice(0, index).find((earlier) => overlap(rule, earlier));
      if (other === undefined) return [];
      const message = `${tell(rule.host)} is ${tell(other.host)} of ${keyOf(other.ingress)} (${other.path}), too; bring both under one rule, or give one of them another host`;
      return [violation(rule.ingress, rule.path, message)];
    });
  },
};

const rulesOf = (ingress: KubernetesObject): HostRule[] => {
  const { rules, ingressClassName } = asObject(ingress.spec);
  return asObjects(rules).flatMap(({ host }, index) => {
    // A host that only a deployment knows cannot be compared.
    if (host === null) return [];
    const path = `spec.rules[${index}].host`;
    return [{ ingress, className: asText(ingressClassName), host: asText(host).toLowerCase(), path }];
  });
};

const overlap = (a: HostRule, b: HostRule): boolean =>
  a.className === b.className && (includes(a.host, b.host) || includes(b.host, a.host));

/** A wildcard stands for exactly one label. */
function includes(pattern: string, host: string): boolean {
  if (pattern === "" || pattern === host) return true;
  return pattern.startsWith("*.") && host.slice(host.indexOf(".")) === pattern.slice(1);
}

const tell = (host: string): string => (host === "" ? "every host" : `host ${host}`);
