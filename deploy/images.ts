import { SANDBOX_REGISTRY } from "../images/tags.ts";
import { ensureImages } from "../sandbox/images/build.ts";
import { asObject, asObjects, asText, type Manifest } from "./manifests/manifest.ts";
import type { Progress } from "./progress/progress.ts";

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

/**
 * Builds the sandbox images that manifests run and that it does not have yet.
 *
 * @throws {ImageBuildError} with the failing step's own last lines.
 */
export function buildImages(
  manifests: readonly Manifest[],
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<void> {
  return ensureImages(sandboxImagesOf(manifests), (line) => progress.say(line), {
    signal,
    onDetail: (text) => progress.detail(text),
  });
}
