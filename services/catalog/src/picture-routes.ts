import { Type } from "typebox";
import type { Api, Database } from "../../chassis/index.ts";
import { ProductId } from "../../contracts/catalog-api.ts";
import { PROBLEMS } from "./answers.ts";
import { drawPicture, pictureVersion } from "./picture.ts";
import { unknownImage } from "./problems.ts";
import { findImage } from "./products.ts";

const params = Type.Object({
  productId: ProductId,
  number: Type.Integer({ minimum: 1, maximum: 20, description: "Counted from 1" }),
});
const querystring = Type.Object(
  { v: Type.Optional(Type.String({ maxLength: 40, description: "Version, as in the product's images" })) },
  { additionalProperties: false },
);

/** `GET /pictures/{productId}/{number}.svg`: the pictures that this service draws. Public. */
export function pictureRoutes(api: Api, database: Database): void {
  api.get(
    "/pictures/:productId/:number(^\\d{1,2}).svg",
    {
      schema: {
        summary: "Draw a picture of a product",
        params,
        querystring,
        response: { 200: { content: { "image/svg+xml": { schema: Type.String() } } }, ...PROBLEMS },
      },
    },
    async ({ params: { productId, number }, query: { v } }, reply) => {
      const image = await findImage(database, productId, number);
      if (image === undefined || "url" in image) throw unknownImage(productId, number);
      // Whoever asks for another version gets the current one, and not for good.
      const current = v === pictureVersion(image.drawing);
      return reply
        .type("image/svg+xml")
        .header("cache-control", current ? "public, max-age=31536000, immutable" : "no-cache")
        .send(drawPicture(image.drawing));
    },
  );
}
