import { SANDBOX_REGISTRY } from "../images/tags.ts";
import { asObject, asObjects, asText, type Manifest } from "./manifests/manifest.ts";

/**
 * The names of the sandbox images that manifests run: `["order", "postgres"]`.
 *
 * @returns Each name once, sorted; images from registries are left out.
 */
export function sandboxImagesOf(manifests: readonly Manifest[]): string[] {
  const names = manifests.flatMap(({ object }) => {
    const spec = asObject(object.spec);
    const jobSpec = asObject(asObject(spec.jobTemplate).spec);
    const pod = asObject(asObject(asObject(spec.template ?? jobSpec.template).spec));
    return [...asObjects(pod.initContainers), ...asObjects(pod.containers)]
      .map(({ image }) => asText(image))
      .filter((image) => image.startsWith(`${SANDBOX_REGISTRY}/`))
      .map((image) => image.slice(SANDBOX_REGISTRY.length + 1).replace(/:.*$/, ""));
  });
  return [...new Set(names)].sort();
}
