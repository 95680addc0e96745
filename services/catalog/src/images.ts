import type { Image } from "../../contracts/catalog-api.ts";
import { pictureVersion } from "./picture.ts";
import type { ImageRequest } from "./product-request.ts";

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
