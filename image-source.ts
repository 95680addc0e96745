/** Where the images of a stack come from: made on this machine for the sandbox, from registries elsewhere. */

import * as pulumi from "@pulumi/pulumi";
import type { ClusterImages } from "./cluster.ts";
import type { ImageSource } from "./components/image/source.ts";
import { isUpdate } from "./engine.ts";
import type { ImageName } from "./images/recipes.ts";
import { imageReference, imageTag } from "./images/tags.ts";
import type { Settings } from "./settings.ts";
import { familiar, mirrored, type PublicImage, pinnedImage, publicImage } from "./versions.ts";

/** Images as the program uses them. */
export interface ProgramImages extends ImageSource {
  /** Resolves once every image that was asked for is there; rejects with the build's own words. */
  ready(): Promise<void>;
}

/**
 * The source of a stack's images. What builds and pushes them is loaded only where it is needed.
 *
 * @param cluster What a cluster that the stack makes wants of them.
 */
export async function imageSource(settings: Settings, cluster?: ClusterImages): Promise<ProgramImages> {
  if (settings.cluster.kind === "sandbox") {
    if (isUpdate()) return await builtImages();
    return { service: imageReference, thirdParty: imageReference, ready: nothing };
  }
  const { registrySource } = await import("./components/image/registry-source.ts");
  const source = registrySource({
    registry: settings.registry,
    ...cluster,
    prebuilt: Object.fromEntries(
      Object.entries(settings.services).map(([name, service]) => [name, service.image]),
    ),
    tag: imageTag,
    thirdParty: (name) => had(name, settings),
    baseImages: baseImages(settings),
    resolveDigests: settings.resolveDigests,
    root: import.meta.dirname,
  });
  return { ...source, ready: nothing };
}

/** Where a public image is had from, and which content of it. */
function had(
  name: PublicImage,
  { imageMirror, resolveDigests }: Pick<Settings, "imageMirror" | "resolveDigests">,
): string {
  return mirrored(resolveDigests ? pinnedImage(name) : publicImage(name), imageMirror);
}

/** What the services' Dockerfile builds on, by the names that it has there; none that it is had by that name, too. */
function baseImages(settings: Settings): Record<string, string> {
  const bases = (["node", "distroless"] as const).map(
    (name) => [publicImage(name), had(name, settings)] as const,
  );
  return Object.fromEntries(
    bases.filter(([base, place]) => base !== place).map(([base, place]) => [familiar(base), place]),
  );
}

/** Images whose references are known once they are there, so that no pod is made before its image. */
async function builtImages(): Promise<ProgramImages> {
  const { ensureImages } = await import("./sandbox/images/build.ts");
  const wanted = new Set<ImageName>();
  let built: Promise<void> | undefined;
  const build = () => ensureImages([...wanted], (line) => void pulumi.log.info(line));
  const reference = (name: ImageName): pulumi.Output<string> => {
    wanted.add(name);
    // The program asks for all its images in one go, and only then is this run: one build for all of them.
    built ??= Promise.resolve().then(build);
    // A failure is told once, by ready(), and not by each of the resources that wait here.
    return pulumi.output(
      new Promise<string>((resolve) => built?.then(() => resolve(imageReference(name)), nothing)),
    );
  };
  const ready = async (): Promise<void> => {
    await built?.catch((error: Error) => {
      throw new pulumi.RunError(error.message);
    });
  };
  return { service: reference, thirdParty: reference, ready };
}

async function nothing(): Promise<void> {}
