/** Makes sure that the sandbox has the images that its pods run. */

import { mkdirSync } from "node:fs";
import { buildOrder, type ImageName, type Recipe } from "../../images/recipes.ts";
import { imageReference } from "../../images/tags.ts";
import { sandboxConnection } from "../connection.ts";
import { tradestackHome } from "../home.ts";
import { withLock } from "../host/lock.ts";
import { runSteps, type Step } from "../progress.ts";
import { buildkitPrograms, withBuildkit } from "./buildkit.ts";
import { ContainerdImages } from "./containerd.ts";
import { ImageBuildError } from "./errors.ts";
import { imagesLayout } from "./layout.ts";
import { solve } from "./solve.ts";
import { type ImageContent, ImageStore, repositoryOf } from "./store.ts";

/** How many images of one name are kept, so that going back to the content before is quick. */
const KEPT_OF_EACH_NAME = 2;

/** How {@link ensureImages} goes about its work. */
export interface ImageOptions {
  /** Takes what is going on at this moment, many times a second. Default: nobody. */
  readonly onDetail?: (text: string) => void;
  /** Ends the attempt when aborted; the next one goes on with the image it was at. */
  readonly signal?: AbortSignal;
  /** The state directory. Default: that of `tradestackHome()`. */
  readonly home?: string;
}

/**
 * Builds the images that are wanted and were not built yet, and gives them to the running sandbox. With nothing to
 * do it takes a fraction of a second. Attempts at the same time take turns.
 *
 * @param wanted Third-party images and services by name, such as `["postgres", "order"]`.
 * @param onProgress Takes one finished line for each step.
 * @throws {ImageBuildError} when an image cannot be built, with the failing step's own last lines, or no sandbox runs.
 * @throws {UnknownImageError} when there is no such image.
 * @example await ensureImages(["postgres", "order"], console.log);
 */
export async function ensureImages(
  wanted: readonly ImageName[],
  onProgress: (line: string) => void,
  options: ImageOptions = {},
): Promise<void> {
  const socket = sandboxConnection()?.containerdSocket;
  if (socket === undefined) {
    throw new ImageBuildError("no sandbox runs that images could be given to; run npm run sandbox -- up");
  }
  const containerd = new ContainerdImages(socket);
  const references = new Map(wanted.map((name) => [imageReference(name), name]));
  const present = await containerd.references();
  const missing = [...references].filter(([reference]) => !present.has(reference));
  if (missing.length === 0) return;
  const images = await buildImages(
    missing.map(([, name]) => name),
    onProgress,
    options,
  );
  await giveTo(containerd, images, onProgress, options);
}

/**
 * Builds images into the store alone, which needs no sandbox: it can be done while one starts.
 *
 * @returns The images that are wanted, with what they are made of.
 * @throws as {@link ensureImages}.
 */
export async function buildImages(
  wanted: readonly ImageName[],
  onProgress: (line: string) => void,
  options: ImageOptions = {},
): Promise<ImageContent[]> {
  const layout = imagesLayout(options.home ?? tradestackHome());
  const store = new ImageStore(layout.store);
  const stored = (name: ImageName) => store.find(imageReference(name));
  const onWait = () => onProgress("Waiting for another command that is building images");
  return await withLock(layout.root, onWait, async () => {
    const missing = buildOrder(wanted).filter(({ name }) => stored(name) === undefined);
    if (missing.length > 0) {
      mkdirSync(layout.root, { recursive: true, mode: 0o700 });
      const { programs, steps } = await buildkitPrograms(layout, options.signal);
      await runSteps(steps, { ...options, onProgress });
      await withBuildkit(layout, programs, async (client) => {
        const build = (recipe: Recipe): Step => ({
          title: `Building the image ${recipe.name}`,
          work: (detail) => solve(recipe, client, layout, store, detail, options.signal),
        });
        await runSteps(missing.map(build), { ...options, onProgress });
      });
    }
    const images = wanted.map((name) => {
      const image = stored(name);
      if (image === undefined)
        throw new ImageBuildError(`image "${name}" is not in ${layout.store} after its build`);
      return image;
    });
    for (const { name } of buildOrder(wanted)) {
      const image = stored(name);
      if (image !== undefined) store.touch(image);
    }
    if (missing.length > 0) store.removeSuperseded(KEPT_OF_EACH_NAME);
    return images;
  });
}

/** Gives images to containerd, and takes back what has been superseded. */
async function giveTo(
  containerd: ContainerdImages,
  images: readonly ImageContent[],
  onProgress: (line: string) => void,
  options: ImageOptions,
): Promise<void> {
  const layout = imagesLayout(options.home ?? tradestackHome());
  const store = new ImageStore(layout.store);
  const names = images.map(({ reference }) => reference.slice(reference.indexOf("/") + 1)).join(", ");
  const load: Step = {
    title: `Loading ${names}`,
    work: async () => {
      await containerd.load(images, store, layout.archive);
      const repositories = new Set(images.map(({ reference }) => repositoryOf(reference)));
      await containerd.removeAllBut(new Set(store.references()), repositories);
    },
  };
  await runSteps([load], { ...options, onProgress });
}
