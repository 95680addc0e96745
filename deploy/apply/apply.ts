import { ApiError } from "../kubernetes/api.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { type KubernetesObject, titleOf } from "../manifests/manifest.ts";
import { parentOf, union } from "../plan/applyset.ts";
import type { Change, Plan } from "../plan/plan.ts";
import { explainRefusal } from "../plan/refusal.ts";
import type { Progress } from "../progress/progress.ts";
import { NotReadyError, Watch } from "../watch/watch.ts";
import { remove } from "./remove.ts";
import { rollBack } from "./roll-back.ts";

/** How an update goes about it. */
export interface ApplyOptions {
  readonly progress: Progress;
  /** Ends the update between two steps; what was applied stays, and the next update goes on from there. */
  readonly signal: AbortSignal;
  /** How long a pod may wait for a node, in seconds. */
  readonly schedulingPatience: number;
  /** Whether the versions of before are put back where a new one does not become ready. */
  readonly rollback: boolean;
}

type Applied = Extract<Change, { readonly manifest: unknown }>;

/**
 * Carries a plan out: each object as soon as what it needs is ready, and at the end whatever is no longer wanted is
 * removed. The first object that does not become ready ends it all; nothing is removed then, and where it is a new
 * version of what ran before, that is put back.
 *
 * @throws {NotReadyError} with the last words of what failed. @throws {ApiError} for what the server refuses.
 */
export async function applyPlan(objects: Objects, plan: Plan, options: ApplyOptions): Promise<void> {
  const { progress } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const watch = new Watch(objects, { schedulingPatience: options.schedulingPatience, signal });
  const wanted = plan.changes.filter((change): change is Applied => "manifest" in change);
  // What was applied, and the titles of what of it does not do its work yet.
  const applied: Applied[] = [];
  const unready = new Set<string>();
  const byKey = new Map(wanted.map((change) => [change.manifest.key, change]));

  const bring = async (change: Applied): Promise<void> => {
    await Promise.all(change.manifest.needs.map((need) => settled(need)));
    signal.throwIfAborted();
    const title = titleOf(change.object);
    const live = await applyOne(objects, change, progress);
    applied.push(change);
    unready.add(title);
    let awaited = false;
    await watch.untilReady(live, (note) => {
      awaited = true;
      progress.step(title, "waiting", note);
    });
    unready.delete(title);
    if (awaited) progress.step(title, "ready");
  };
  const tasks = new Map<string, Promise<void>>();
  const settled = (key: string): Promise<void> => {
    const change = byKey.get(key);
    if (change === undefined) return Promise.resolve();
    let task = tasks.get(key);
    if (task === undefined) {
      task = bring(change).catch((error: unknown) => {
        stop.abort(error);
        throw error;
      });
      tasks.set(key, task);
    }
    return task;
  };

  const all = async (changes: readonly Applied[]): Promise<void> => {
    const results = await Promise.allSettled(changes.map(({ manifest }) => settled(manifest.key)));
    if (options.signal.aborted) {
      const waiting = unready.size > 0 ? `, not ready yet: ${[...unready].join(", ")}` : "";
      progress.say(`${applied.length} of ${wanted.length} objects are applied${waiting}`);
    }
    options.signal.throwIfAborted();
    if (results.every(({ status }) => status === "fulfilled")) return;
    const failure: unknown = stop.signal.reason;
    if (!options.rollback || !(failure instanceof NotReadyError)) throw failure;
    throw await rollBack(objects, applied, failure, options);
  };
  // The set's parent lives in one of the namespaces, and has to know where members are before there are any.
  await all(wanted.filter(({ object }) => object.kind === "Namespace"));
  await objects.apply(
    parentOf(plan.set, plan.before === undefined ? plan.after : union(plan.before, plan.after)),
  );
  await all(wanted);

  const unwanted = plan.changes
    .filter(({ action }) => action === "remove")
    .map((change) => (change as { live: KubernetesObject }).live);
  await remove(objects, unwanted, options);
  if (unwanted.length > 0) await objects.apply(parentOf(plan.set, plan.after));
}

async function applyOne(objects: Objects, change: Applied, progress: Progress): Promise<KubernetesObject> {
  if (change.action === "unchanged") return change.live;
  try {
    const live = await objects.apply(change.manifest.object);
    progress.step(titleOf(live), change.action === "create" ? "created" : "changed");
    return live;
  } catch (error) {
    if (error instanceof ApiError) error.message = explainRefusal(change.object, error);
    throw error;
  }
}
