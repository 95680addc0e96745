/** Where the images of a stack come from: made on this machine for the sandbox, from registries elsewhere. */

import * as pulumi from "@pulumi/pulumi";
import type { ImageSource } from "./components/image/source.ts";
import { isUpdate } from "./engine.ts";
import type { ImageName } from "./images/recipes.ts";
import { imageReference, imageTag } from "./images/tags.ts";
import type { Settings } from "./settings.ts";
import { publicImage } from "./versions.ts";

/** The source of a stack's images. What builds and pushes them is loaded only where it is needed. */
export async function imageSource(settings: Settings): Promise<ImageSource> {
  if (settings.cluster.kind === "sandbox") {
    const reference = isUpdate() ? await builtReference() : imageReference;
    return { service: reference, thirdParty: reference };
  }
  const { registrySource } = await import("./components/image/registry-source.ts");
  return registrySource({
    registry: settings.registry,
    prebuilt: Object.fromEntries(
      Object.entries(settings.services).map(([name, service]) => [name, service.image]),
    ),
    tag: imageTag,
    thirdParty: publicImage,
    resolveDigests: settings.resolveDigests,
    root: import.meta.dirname,
  });
}

/** References that are known once the images are there, so that no pod is made before its image. */
async function builtReference(): Promise<(name: ImageName) => pulumi.Output<string>> {
  const { ensureImages } = await import("./sandbox/images/build.ts");
  const wanted = new Set<ImageName>();
  let built: Promise<void> | undefined;
  return (name) => {
    wanted.add(name);
    // The program asks for all its images in one go, and only then is this run: one build for all of them.
    built ??= Promise.resolve().then(() => ensureImages([...wanted], (line) => void pulumi.log.info(line)));
    return pulumi.output(built.then(() => imageReference(name)));
  };
}
