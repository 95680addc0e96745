/** An image that cannot be built. The message names the image or the step, what went wrong, and the remedy if known. */
export class ImageBuildError extends Error {
  override readonly name = "ImageBuildError";
}
