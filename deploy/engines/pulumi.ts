import { ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation/index.js";
import { claimsIn, confirmRemoval, staying } from "../apply/destroy.ts";
import { type OpenCluster, openCluster } from "../cluster.ts";
import { requirePulumi } from "../pulumi/command.ts";
import { type EngineEvents, engineEvents } from "../pulumi/events.ts";
import { openStack } from "../pulumi/workspace.ts";
import { lastWordsIn } from "../watch/last-words.ts";
import { NotReadyError } from "../watch/watch.ts";
import { type Engine, EngineError, type Run } from "./engine.ts";

/** Brings a platform up with Pulumi's own engine, driven through its Automation API. */
export const pulumiEngine: Engine = {
  name: "pulumi",

  async up(run) {
    const stack = await open(run);
    const events = engineEvents(run.progress);
    try {
      const { outputs } = await stack.up({ onEvent: events.onEvent, signal: run.signal, color: "never" });
      const url: unknown = outputs.url?.value;
      return typeof url === "string" ? [url] : [];
    } catch (error) {
      throw await explain(error, events, run);
    }
  },

  async preview(run) {
    const stack = await open(run);
    const events = engineEvents(run.progress);
    try {
      const { changeSummary } = await stack.preview({
        diff: true,
        onEvent: events.onEvent,
        color: "never",
        // The engine's own account of what differs, in which secrets are hidden already.
        ...(run.json ? {} : { onOutput: (text: string) => void process.stdout.write(text) }),
      });
      if (run.json) process.stdout.write(`${JSON.stringify({ summary: changeSummary })}\n`);
    } catch (error) {
      throw await explain(error, events, run);
    }
  },

  async destroy(run, { deleteData }) {
    const stack = await open(run);
    const { namespace } = run.deployment.settings;
    const cluster = await openCluster(run.deployment.settings);
    const claims = await claimsIn(cluster.objects, [namespace]).finally(cluster.close);
    await confirmRemoval(`stack ${run.stack} in ${namespace}`, claims, { ...run, deleteData });
    const spares = claims.length > 0 && !deleteData;
    // The engine knows nothing of the claims that StatefulSets made, and their namespace would take them with it.
    const exclude = spares ? await namespaceUrns(stack) : [];
    const events = engineEvents(run.progress);
    try {
      await stack.destroy({ onEvent: events.onEvent, signal: run.signal, color: "never", exclude });
    } catch (error) {
      throw await explain(error, events, run);
    }
    return spares ? staying(claims) : "nothing stays";
  },
};

async function open({ stack, deployment, progress }: Run): Promise<Stack> {
  const command = await requirePulumi((line) => progress.say(line));
  return openStack(stack, deployment.settings.environment, command);
}

async function namespaceUrns(stack: Stack): Promise<string[]> {
  const { deployment } = await stack.exportStack();
  const resources: readonly { urn: string }[] = deployment?.resources ?? [];
  return resources.map(({ urn }) => urn).filter((urn) => urn.includes("kubernetes:core/v1:Namespace::"));
}

/** The engine's failure in its own words and, where pods are to blame, in theirs. */
async function explain(error: unknown, events: EngineEvents, { signal, deployment }: Run): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof ConcurrentUpdateError) {
    return new EngineError(
      'the stack is locked by an update that runs or was killed; wait for it, or run "pulumi cancel" and try again',
    );
  }
  if (events.errors.length === 0) return error;
  const message = [...new Set(events.errors)].join("\n");
  let cluster: OpenCluster | undefined;
  try {
    cluster = await openCluster(deployment.settings);
    const details = await lastWordsIn(cluster.objects, deployment.settings.namespace);
    return new NotReadyError(message, details);
  } catch {
    // Without a cluster there are no pods to ask; what the engine said is all there is.
    return new EngineError(message);
  } finally {
    cluster?.close();
  }
}
