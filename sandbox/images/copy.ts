/** Gives a node the built images that another one has. */

import { withLock } from "../host/lock.ts";
import { ContainerdImages } from "./containerd.ts";
import { imagesLayout } from "./layout.ts";
import { type ImageContent, ImageStore } from "./store.ts";

/**
 * Loads what one containerd has of the store's images and another lacks.
 *
 * @param home The state directory, as `tradestackHome()` gives it.
 * @param from Socket of the containerd that has them.
 * @param to Socket of the one that gets them.
 * @param signal Ends the waiting for another command that is building images.
 */
export async function copyImages(
  home: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  const layout = imagesLayout(home);
  const store = new ImageStore(layout.store);
  const receiver = new ContainerdImages(to);
  const work = async () => {
    const present = await receiver.references();
    const missing = [...(await new ContainerdImages(from).references())]
      .filter((reference) => !present.has(reference))
      .map((reference) => store.find(reference))
      .filter((image): image is ImageContent => image !== undefined);
    if (missing.length > 0) await receiver.load(missing, store, layout.archive);
  };
  await withLock(layout.root, () => {}, work, signal);
}
