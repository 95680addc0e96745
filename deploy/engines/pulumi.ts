import { ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation/index.js";
import { claimsIn, confirmRemoval, staying } from "../apply/destroy.ts";
import { remove } from "../apply/remove.ts";
import { isWithinReach, type OpenCluster, openCluster } from "../cluster.ts";
import { ClusterError } from "../kubernetes/cluster.ts";
import { replacedStores } from "../plan/stores.ts";
import { keepPolicy } from "../policy.ts";
import { requirePulumi } from "../pulumi/command.ts";
import { type EngineEvents, engineEvents } from "../pulumi/events.ts";
import { openStack } from "../pulumi/workspace.ts";
import { type Deployment, readDeployment } from "../stack/wanted.ts";
import { lastWordsIn } from "../watch/last-words.ts";
import { NotReadyError } from "../watch/watch.ts";
import { type Engine, EngineError, type Run } from "./engine.ts";

/** Brings a platform up with Pulumi's own engine, driven through its Automation API. */
export const pulumiEngine: Engine = {
  name: "pulumi",

  async up(run) {
    const deployment = await readDeployment(run.stack, "any");
    await keepPolicy(deployment, run);
    await keepStores(deployment, run);
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
    await keepStores(await readDeployment(run.stack, "any"), run);
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
    const { settings } = run;
    if (!isWithinReach(settings)) {
      await confirmRemoval(`stack ${run.stack} in ${settings.namespace}`, [], { ...run, deleteData });
      await destroyResources(stack, run);
      return `volume claims in ${settings.namespace} stay, where their cluster does`;
    }
    const cluster = await openCluster(settings);
    try {
      const claims = await claimsIn(cluster.objects, [settings.namespace]);
      await confirmRemoval(`stack ${run.stack} in ${settings.namespace}`, claims, { ...run, deleteData });
      await destroyResources(stack, run);
      if (claims.length > 0 && !deleteData) return staying(claims);
      // The engine knows nothing of the claims that StatefulSets made, and lets the namespace around them be.
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: settings.namespace } };
      const live = await cluster.objects.get(namespace);
      await remove(cluster.objects, live === undefined ? claims : [...claims, live], run);
      return "nothing stays";
    } finally {
      cluster.close();
    }
  },
};

/** Refuses what would replace a store: the engine does that without a question. */
async function keepStores({ manifests }: Deployment, { settings }: Run): Promise<void> {
  if (!isWithinReach(settings)) return;
  let cluster: OpenCluster;
  try {
    cluster = await openCluster(settings);
  } catch (error) {
    // What is not there holds no store; the engine says for itself that it cannot be reached.
    if (error instanceof ClusterError) return;
    throw error;
  }
  try {
    const refusals = await replacedStores(cluster.objects, manifests);
    if (refusals.length > 0) throw new EngineError(["nothing was changed:", ...refusals].join("\n"));
  } finally {
    cluster.close();
  }
}

async function destroyResources(stack: Stack, run: Run): Promise<void> {
  const events = engineEvents(run.progress);
  try {
    await stack.destroy({ onEvent: events.onEvent, signal: run.signal, color: "never" });
  } catch (error) {
    throw await explain(error, events, run);
  }
}

async function open({ stack, settings, progress }: Run): Promise<Stack> {
  const command = await requirePulumi((line) => progress.say(line));
  return openStack(stack, settings.environment, command);
}

/** The engine's failure in its own words and, where pods are to blame, in theirs. */
async function explain(error: unknown, events: EngineEvents, { signal, settings }: Run): Promise<unknown> {
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
    cluster = await openCluster(settings);
    const details = await lastWordsIn(cluster.objects, settings.namespace);
    return new NotReadyError(message, details);
  } catch {
    // Without a cluster there are no pods to ask; what the engine said is all there is.
    return new EngineError(message);
  } finally {
    cluster?.close();
  }
}
