import { isDeepStrictEqual } from "node:util";
import type { Objects } from "../kubernetes/objects.ts";
import { asNumber, asObject, type KubernetesObject, titleOf } from "../manifests/manifest.ts";
import type { Change } from "../plan/plan.ts";
import type { Json } from "../program/registration.ts";
import { NotReadyError, Watch } from "../watch/watch.ts";
import type { ApplyOptions } from "./apply.ts";

type Update = Extract<Change, { readonly action: "update" | "unchanged" }>;

const templateOf = (object: KubernetesObject): Json | undefined => asObject(object.spec).template;

/** Whether a change gave a Deployment whose pods served, all of one version, another version of them. */
function isNewVersion(change: Change): change is Update {
  if (change.action !== "update" || change.object.kind !== "Deployment") return false;
  if (isDeepStrictEqual(templateOf(change.live), templateOf(change.object))) return false;
  const { replicas, updatedReplicas, availableReplicas } = asObject(change.live.status);
  return asNumber(availableReplicas) > 0 && asNumber(updatedReplicas) === asNumber(replicas);
}

/**
 * Puts back the versions of before where a new one does not become ready: of every Deployment that the update gave
 * another version, so that what ran together runs together again. Its pods of before were never taken away
 * (`maxUnavailable: 0`); what goes back is the template that pods are made from. All else goes forward only: stores,
 * passwords and schemas, with which the version of before ran during the update, too.
 *
 * @param applied What the update has changed so far.
 * @param failure What did not become ready.
 * @returns What is to be told: the failure and, where something could be put back, what that was.
 */
export async function rollBack(
  objects: Objects,
  applied: readonly Change[],
  failure: NotReadyError,
  options: ApplyOptions,
): Promise<NotReadyError> {
  const { progress } = options;
  const versions = applied.filter(isNewVersion);
  const failed = versions.find(({ object }) => titleOf(object) === failure.subject);
  // What never ran has no version before, and a store does not go back.
  if (failed === undefined) return failure;
  const served = asNumber(asObject((await objects.get(failed.object))?.status).availableReplicas);
  const titles = versions.map(({ object }) => titleOf(object)).join(", ");
  progress.say(`${failure.message}; the version of before is put back: ${titles}`);
  const watch = new Watch(objects, options);
  const results = await Promise.allSettled(
    versions.map(async ({ manifest, live }) => {
      const { object } = manifest;
      const before = { ...object, spec: { ...asObject(object.spec), template: templateOf(live) ?? null } };
      const title = titleOf(live);
      progress.step(title, "changed", "back to the version of before");
      await watch.untilReady(await objects.apply(before), (note) => progress.step(title, "waiting", note));
      progress.step(title, "ready");
    }),
  );
  options.signal.throwIfAborted();
  const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  const end =
    lost.length > 0
      ? `the version of before could not be put back everywhere: ${lost.map(String).join("; ")}`
      : `the version of before is back (${titles}); ${served} pods of ${titleOf(failed.object)} served all the while`;
  return new NotReadyError(`${failure.message}\n${end}`, failure.details, failure.subject);
}
