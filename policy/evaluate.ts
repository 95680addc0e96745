import { asObject, asText, type KubernetesObject, keyOf } from "../deploy/manifests/manifest.ts";
import {
  type Context,
  cloudTitle,
  type Enforcement,
  type Rule,
  type Subject,
  type Violation,
} from "./rule.ts";
import { isUnknownAt } from "./unknown.ts";

/** A violation, and the rule that it breaks. */
export interface Finding extends Omit<Violation, "enforcement"> {
  readonly rule: string;
  readonly enforcement: Enforcement;
}

/** An exception that somebody made for one object, with the reason that they gave. */
export interface Exception {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
}

/** What the rules say. */
export interface Report {
  /** Names of the rules that hold in this environment. */
  readonly rules: readonly string[];
  readonly findings: readonly Finding[];
  /** Exceptions that were made use of. */
  readonly exceptions: readonly Exception[];
}

/** An object's annotation `policy.tradestack.dev/<rule>: <reason>` takes it out of a rule. */
export const EXCEPTION_PREFIX = "policy.tradestack.dev/";

/** Whether a rule holds in an environment. */
export const holdsIn = ({ environments }: Rule, { environment }: Context): boolean =>
  environments === undefined || environments.includes(environment);

/** Asks every rule that holds. What only a deployment would know breaks none. */
export function evaluate(rules: readonly Rule[], subject: Subject, context: Context): Report {
  const objects = new Map(subject.manifests.map((object) => [keyOf(object), object]));
  const inputs = new Map(subject.resources.map((resource) => [cloudTitle(resource), resource.inputs]));
  const held = rules.filter((rule) => holdsIn(rule, context));
  const exceptions = new Map<string, Exception>();
  const findings = held.flatMap((rule) =>
    rule.check(subject, context).flatMap((violation): Finding[] => {
      const judged = objects.get(violation.resource) ?? inputs.get(violation.resource);
      if (judged !== undefined && isUnknownAt(judged, violation.path)) return [];
      const reason = reasonOf(objects.get(violation.resource), rule);
      if (reason === undefined) {
        return [{ ...violation, rule: rule.name, enforcement: violation.enforcement ?? rule.enforcement }];
      }
      const exception = { rule: rule.name, resource: violation.resource, reason };
      exceptions.set(`${rule.name} ${violation.resource}`, exception);
      return [];
    }),
  );
  return { rules: held.map(({ name }) => name), findings, exceptions: [...exceptions.values()] };
}

/** Whether a report stops a deployment. */
export const isStopped = ({ findings }: Report): boolean =>
  findings.some(({ enforcement }) => enforcement === "mandatory");

/** An exception without a reason is none. */
function reasonOf(object: KubernetesObject | undefined, { name }: Rule): string | undefined {
  const annotations = asObject(object?.metadata.annotations);
  return asText(annotations[EXCEPTION_PREFIX + name]).trim() || undefined;
}
