import type { Deployment } from "../deploy/stack/wanted.ts";
import { evaluate, type Report } from "./evaluate.ts";
import { RULES } from "./rules/index.ts";

/** Holds what a stack's program wants to every rule. */
export function judgeStack({ manifests, others, settings }: Deployment): Report {
  const subject = { manifests: manifests.map(({ object }) => object), resources: others };
  const context = { environment: settings.environment, digestsAtDeployment: settings.resolveDigests };
  return evaluate(RULES, subject, context);
}
