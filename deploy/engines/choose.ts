import { isMade } from "../../settings/cluster.ts";
import type { EngineChoice } from "../arguments.ts";
import { type EnsureOptions, isWithinReach, type OpenCluster, openCluster } from "../cluster.ts";
import { ClusterError } from "../kubernetes/cluster.ts";
import { parentOf } from "../plan/applyset.ts";
import { findPulumi } from "../pulumi/command.ts";
import { type Engine, EngineError, type Run } from "./engine.ts";
import { renderEngine, setOf } from "./render.ts";

/**
 * Chooses the engine. The one that deployed a stack keeps it: two that each believe the platform theirs would undo
 * one another's work. A new stack is Pulumi's where there is a `pulumi` on PATH, and is rendered otherwise.
 *
 * @param ensure How to bring the sandbox up, where the command needs it anyway.
 * @throws {EngineError} where the engine asked for is not the one that deployed the stack.
 */
export async function chooseEngine(
  choice: EngineChoice,
  run: Pick<Run, "stack" | "settings">,
  ensure?: EnsureOptions,
): Promise<Engine> {
  if (choice === "render") return renderEngine;
  if (choice === "auto" && findPulumi() === undefined) return renderEngine;
  if (!isMade(run.settings.cluster) && (await isRendered(run, ensure))) {
    if (choice === "auto") return renderEngine;
    throw new EngineError(
      `stack "${run.stack}" was deployed with --engine render; to hand it over, run "npm run destroy -- ` +
        `--stack ${run.stack} --engine render" (its data stays) and then up with --engine pulumi`,
    );
  }
  // Loaded only where it is used: the Automation API takes longer to load than a whole render.
  return (await import("./pulumi.ts")).pulumiEngine;
}

/** Whether the render engine deployed the stack. A cluster that is not there holds no stack. */
async function isRendered(run: Pick<Run, "stack" | "settings">, ensure?: EnsureOptions): Promise<boolean> {
  // The render engine could not have got there.
  if (!isWithinReach(run.settings)) return false;
  let cluster: OpenCluster;
  try {
    cluster = await openCluster(run.settings, ensure);
  } catch (error) {
    if (error instanceof ClusterError && ensure === undefined) return false;
    throw error;
  }
  try {
    return (await cluster.objects.get(parentOf(setOf(run)))) !== undefined;
  } finally {
    cluster.close();
  }
}
