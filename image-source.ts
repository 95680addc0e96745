/** Where the images of a stack come from: made on this machine for the sandbox, from registries elsewhere. */

import type { ImageSource } from "./components/image/source.ts";
import { imageTag, serviceImage, thirdPartyImage } from "./images/tags.ts";
import type { Settings } from "./settings.ts";
import { publicImage } from "./versions.ts";

/** The source of a stack's images. What builds and pushes them is loaded only where it is needed. */
export async function imageSource(settings: Settings): Promise<ImageSource> {
  if (settings.cluster.kind === "sandbox") return { service: serviceImage, thirdParty: thirdPartyImage };
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
