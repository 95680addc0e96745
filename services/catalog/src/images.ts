import { invalidField, type Queryable } from "../../chassis/index.ts";
import type { Image } from "../../contracts/catalog-api.ts";
import { pictureVersion } from "./picture.ts";
import type { ImageRequest } from "./product-request.ts";
import { findImage } from "./products.ts";

/** Where browsers find what the gateway leads to this service. */
const PUBLIC = "/api";

/**
 * A product's picture as the API shows it. The version in the URL of a drawing changes with what is drawn, so that
 * browsers may keep it for ever.
 *
 * @param number Which of the product's pictures it is, counted from 1.
 */
export const showImage = (productId: string, number: number, image: ImageRequest): Image => ({
  url:
    "url" in image
      ? image.url
      : `${PUBLIC}/pictures/${productId}/${number}.svg?v=${pictureVersion(image.drawing)}`,
  alt: image.alt,
});

/** The URL of a drawing, as {@link showImage} makes it. */
const DRAWN = new RegExp(`^${PUBLIC}/pictures/(?<product>[^/?]+)/(?<number>\\d{1,2})\\.svg(\\?.*)?$`);

/**
 * Takes the drawings of a product for what they are where a request names them by the URL that the API shows, so that what
 * was read can be put back. As a URL such a picture would lead to itself.
 *
 * @throws {Problem} 400 where a URL names a drawing that is not the product's.
 */
export async function keepDrawings(
  transaction: Queryable,
  productId: string,
  images: readonly ImageRequest[],
): Promise<ImageRequest[]> {
  const kept: ImageRequest[] = [];
  for (const [index, image] of images.entries()) {
    const { product, number } = ("url" in image ? DRAWN.exec(image.url)?.groups : undefined) ?? {};
    if (number === undefined) {
      kept.push(image);
      continue;
    }
    const known = product === productId ? await findImage(transaction, productId, Number(number)) : undefined;
    if (known === undefined || "url" in known) {
      throw invalidField(
        "body",
        `#/images/${index}/url`,
        "is no drawing of this product; send its `drawing`",
      );
    }
    kept.push({ alt: image.alt, drawing: known.drawing });
  }
  return kept;
}
