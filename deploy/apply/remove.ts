import { setTimeout as wait } from "node:timers/promises";
import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject, titleOf } from "../manifests/manifest.ts";
import type { Progress } from "../progress/progress.ts";

/** How often it is asked whether objects are gone, in milliseconds. */
const INTERVAL = 500;
/** How long the removal of one object may take, in seconds: longer than any pod's grace period. */
const GONE_WITHIN = 180;

/** An object would not go; the message says what holds it. */
export class NotRemovedError extends Error {
  override readonly name = "NotRemovedError";
}

/**
 * Removes objects and waits until they, and what they own, are gone.
 *
 * @throws {NotRemovedError} where one is still there after three minutes.
 */
export async function remove(
  objects: Objects,
  unwanted: readonly KubernetesObject[],
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<void> {
  await Promise.all(
    unwanted.map(async (object) => {
      const title = titleOf(object);
      await objects.delete(object);
      const deadline = Date.now() + GONE_WITHIN * 1000;
      for (;;) {
        signal.throwIfAborted();
        const live = await objects.get(object);
        // One with another uid is a new object of the same name, which is none of our business.
        if (live === undefined || live.metadata.uid !== object.metadata.uid) break;
        if (Date.now() > deadline) throw new NotRemovedError(`${title} is still there; ${holders(live)}`);
        progress.step(title, "waiting", "leaving");
        await wait(INTERVAL, undefined, { signal });
      }
      progress.step(title, "removed");
    }),
  );
}

function holders(live: KubernetesObject): string {
  const { finalizers } = live.metadata;
  const conditions = asObjects(asObject(live.status).conditions).map(({ message }) => asText(message));
  const told = [
    ...(Array.isArray(finalizers) ? [`it waits for its finalizers: ${finalizers.join(", ")}`] : []),
    ...conditions,
  ];
  return told.join("; ") || "the cluster does not say why";
}
