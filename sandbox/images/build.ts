/** Makes sure that the sandbox has the images that its pods run. */

import { mkdirSync } from "node:fs";
import { buildOrder, type ImageName, type Recipe } from "../../images/recipes.ts";
import { imageReference } from "../../images/tags.ts";
import { sandboxConnection } from "../connection.ts";
import { tradestackHome } from "../home.ts";
import { withLock } from "../host/lock.ts";
import { layoutOf } from "../node/layout.ts";
import { type Reporter, runSteps, type Step } from "../progress.ts";
import { buildkitPrograms, withBuildkit } from "./buildkit.ts";
import { ContainerdImages } from "./containerd.ts";
import { ImageBuildError } from "./errors.ts";
import { type ImagesLayout, imagesLayout } from "./layout.ts";
import { solve } from "./solve.ts";
import { type ImageContent, ImageStore, repositoryOf } from "./store.ts";

/** How many images of one name are kept: going back is quick, and several checkouts can share a sandbox. */
const KEPT_OF_EACH_NAME = 5;

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
  const builder = new Builder(onProgress, options);
  const sockets = sandboxConnection(layoutOf(builder.home))?.containerdSockets;
  if (sockets === undefined) {
    throw new ImageBuildError("no sandbox runs that images could be given to; run npm run sandbox -- up");
  }
  const nodes = sockets.map((socket) => new ContainerdImages(socket));
  const present = await Promise.all(nodes.map((node) => node.references()));
  builder.touch(wanted);
  const missing = wanted.filter(
    (name) => !present.every((references) => references.has(imageReference(name))),
  );
  if (missing.length === 0) return;
  await builder.locked(async () => await builder.give(await builder.build(missing), nodes));
}

/**
 * Builds images into the store alone, which needs no sandbox: it can be done while one starts.
 *
 * @throws as {@link ensureImages}.
 */
export async function buildImages(
  wanted: readonly ImageName[],
  onProgress: (line: string) => void,
  options: ImageOptions = {},
): Promise<void> {
  const builder = new Builder(onProgress, options);
  await builder.locked(() => builder.build(wanted));
}

class Builder {
  readonly home: string;
  readonly #layout: ImagesLayout;
  readonly #store: ImageStore;
  readonly #reporter: Reporter;
  readonly #signal: AbortSignal | undefined;

  constructor(
    onProgress: (line: string) => void,
    { home = tradestackHome(), signal, ...rest }: ImageOptions,
  ) {
    this.home = home;
    this.#layout = imagesLayout(home);
    this.#store = new ImageStore(this.#layout.store);
    this.#reporter = { ...rest, onProgress };
    this.#signal = signal;
  }

  locked<T>(work: () => Promise<T>): Promise<T> {
    const onWait = () => this.#reporter.onProgress("Waiting for another command that is building images");
    return withLock(this.#layout.root, onWait, work);
  }

  /** Notes for those that are built already that they are wanted. */
  touch(wanted: readonly ImageName[]): void {
    for (const { name } of buildOrder(wanted)) {
      const image = this.#stored(name);
      if (image !== undefined) this.#store.touch(image);
    }
  }

  /** Builds what the store lacks, bases first, and gives what is wanted. */
  async build(wanted: readonly ImageName[]): Promise<ImageContent[]> {
    const missing = buildOrder(wanted).filter(({ name }) => this.#stored(name) === undefined);
    if (missing.length > 0) {
      mkdirSync(this.#layout.root, { recursive: true, mode: 0o700 });
      const { programs, steps } = await buildkitPrograms(this.#layout, this.#signal);
      await runSteps(steps, this.#reporter);
      await withBuildkit(this.#layout, programs, (client) =>
        runSteps(
          missing.map((recipe) => this.#buildStep(recipe, client)),
          this.#reporter,
        ),
      );
      this.touch(wanted);
      this.#store.removeSuperseded(KEPT_OF_EACH_NAME);
    }
    return wanted.map((name) => this.#stored(name) ?? changedMeanwhile(name));
  }

  /** Gives images to the containerd of each node, and takes back there what has been superseded here. */
  async give(images: readonly ImageContent[], nodes: readonly ContainerdImages[]): Promise<void> {
    const names = images.map(({ reference }) => reference.slice(reference.indexOf("/") + 1)).join(", ");
    const work = async () => {
      const repositories = new Set(images.map(({ reference }) => repositoryOf(reference)));
      for (const node of nodes) {
        await node.load(images, this.#store, this.#layout.archive);
        await node.removeAllBut(new Set(this.#store.references()), repositories);
      }
    };
    await runSteps([{ title: `Loading ${names}`, work }], this.#reporter);
  }

  #stored(name: ImageName): ImageContent | undefined {
    return this.#store.find(imageReference(name));
  }

  #buildStep(recipe: Recipe, client: readonly string[]): Step {
    const work = async (detail: (text: string) => void) => {
      const reference = imageReference(recipe.name);
      await solve(recipe, reference, client, this.#layout, this.#store, detail, this.#signal);
      if (imageReference(recipe.name) === reference) return;
      this.#store.remove(reference); // it may hold something of both contents
      changedMeanwhile(recipe.name);
    };
    return { title: `Building the image ${recipe.name}`, work };
  }
}

function changedMeanwhile(name: ImageName): never {
  throw new ImageBuildError(
    `image "${name}": its files changed while it was being built; run the command again`,
  );
}
