import type { Policies, PolicyConfigSchema, ReportViolation } from "@pulumi/policy";
import { ENVIRONMENTS, type Environment } from "../../settings/cluster.ts";
import { evaluate } from "../evaluate.ts";
import type { Rule } from "../rule.ts";
import { type EngineResource, type EngineSubject, subjectOf } from "./subject.ts";

/** What a policy can be configured with (`--policy-pack-config`). */
interface Configuration {
  readonly environment?: Environment;
}

const CONFIGURATION: PolicyConfigSchema = {
  properties: {
    environment: {
      type: "string",
      enum: [...ENVIRONMENTS],
      description: "Which environment the stack is. Default: the one that it is named after, else prod.",
    },
  },
};

/**
 * The rules as policies of a pack. One that can judge a resource by itself does so before the resource is made; the
 * others see the whole stack, at the end of a preview and at the end of an update.
 */
export function policies(rules: readonly Rule[]): Policies {
  return rules.map((rule) => {
    const shared = {
      name: rule.name,
      description: rule.description,
      enforcementLevel: rule.enforcement,
      configSchema: CONFIGURATION,
    };
    if (rule.scope === "resource") {
      return {
        ...shared,
        validateResource: (args, report) => tell(rule, [args], args.getConfig<Configuration>(), report),
      };
    }
    return {
      ...shared,
      validateStack: (args, report) => tell(rule, args.resources, args.getConfig<Configuration>(), report),
    };
  });
}

/** Reports what a rule finds. The engine has asked registries by now, so that digests can be expected. */
function tell(
  rule: Rule,
  resources: readonly EngineResource[],
  { environment }: Configuration,
  report: ReportViolation,
): void {
  const subject: EngineSubject = subjectOf(resources);
  const context = {
    environment: environment ?? environmentOf(resources[0]?.urn ?? ""),
    digestsAtDeployment: false,
  };
  for (const { resource, path, message } of evaluate([rule], subject, context).findings) {
    report([path, message].filter(Boolean).join(": "), subject.urns.get(resource));
  }
}

/** The environment that a stack is named after; the strictest where it is named otherwise. */
export function environmentOf(urn: string): Environment {
  const [, stack] = /^urn:pulumi:([^:]+)::/.exec(urn) ?? [];
  return ENVIRONMENTS.find((environment) => environment === stack) ?? "prod";
}
