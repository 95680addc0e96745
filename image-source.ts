/** Where the images of a stack come from: made on this machine for the sandbox, from registries elsewhere. */

import * as pulumi from "@pulumi/pulumi";
import { isUpdate } from "./cluster.ts";
import type { ImageSource } from "./components/image/source.ts";
import type { ImageName } from "./images/recipes.ts";
import { imageReference, imageTag, serviceImage, thirdPartyImage } from "./images/tags.ts";
import type { Settings } from "./settings.ts";
import { publicImage } from "./versions.ts";

/** The source of a stack's images. What builds and pushes them is loaded only where it is needed. */
export async function imageSource(settings: Settings): Promise<ImageSource> {
  if (settings.cluster.kind === "sandbox") {
    return isUpdate() ? await builtImages() : { service: serviceImage, thirdParty: thirdPartyImage };
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

/** The sandbox's images, built before what runs them is made: those that are asked for in one turn, together. */
async function builtImages(): Promise<ImageSource> {
  const { ensureImages } = await import("./sandbox/images/build.ts");
  const wanted = new Set<ImageName>();
  let next: Promise<void> | undefined;
  const build = (): Promise<void> => {
    const names = [...wanted];
    wanted.clear();
    next = undefined;
    return ensureImages(names, (line) => void pulumi.log.info(line));
  };
  const built = (name: ImageName): pulumi.Output<string> => {
    wanted.add(name);
    next ??= Promise.resolve().then(build);
    return pulumi.output(next.then(() => imageReference(name)));
  };
  return { service: built, thirdParty: built };
}
