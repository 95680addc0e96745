import { EngineError, type Run } from "./engines/engine.ts";
import type { Deployment } from "./stack/wanted.ts";

/**
 * Holds what is about to be deployed to the policy. It takes a fraction of a second, and nothing was changed yet.
 *
 * @throws {EngineError} naming each mandatory rule that is broken, unless somebody said why it is deployed all the same.
 */
export async function keepPolicy(
  deployment: Deployment,
  { stack, progress, skipPolicy }: Pick<Run, "stack" | "progress" | "skipPolicy">,
): Promise<void> {
  if (skipPolicy !== undefined) {
    progress.say(`policy: not asked, because: ${skipPolicy}`);
    return;
  }
  // Other commands have no use for the rules.
  const { judgeStack } = await import("../policy/stack.ts");
  const { rules, findings } = judgeStack(deployment);
  const broken = findings.filter(({ enforcement }) => enforcement === "mandatory");
  if (broken.length > 0) {
    const lines = broken.map(
      ({ rule, resource, path, message }) =>
        `  ${rule}: ${[resource, path].filter(Boolean).join(" ")}: ${message}`,
    );
    throw new EngineError(
      [
        `nothing was changed, because stack "${stack}" breaks the policy:`,
        ...lines,
        'mend it, or except single objects by annotation (docs/guides/policy.md); --skip-policy "REASON" deploys it as it is',
      ].join("\n"),
    );
  }
  progress.say(`policy: ${rules.length} rules kept`);
}
