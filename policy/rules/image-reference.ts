/** The parts of an image reference that say which content is meant. */
export interface ImageReference {
  readonly tag: string | undefined;
  /** Such as `sha256:9f86…`. */
  readonly digest: string | undefined;
}

/**
 * Reads an image reference; a registry's port is no tag.
 *
 * @example parseReference("registry.example.com:5000/shop/order:1.2") // { tag: "1.2", digest: undefined }
 */
export function parseReference(image: string): ImageReference {
  const [place = "", digest] = image.split("@", 2);
  const name = place.slice(place.lastIndexOf("/") + 1);
  const [, tag] = name.split(":", 2);
  return { tag: tag || undefined, digest: digest || undefined };
}
