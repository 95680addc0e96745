import { Type } from "typebox";
import { type Api, type Database, statement } from "../../chassis/index.ts";
import { Sku } from "../../contracts/catalog-api.ts";
import { unknownSku } from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";

const SET = statement<{ sku: string; available: number }>(
  "set-stock",
  "UPDATE stock SET available = $2 WHERE sku = $1 RETURNING sku, available",
);

const params = Type.Object({ sku: Sku });
const body = Type.Object(
  { available: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }) },
  { additionalProperties: false },
);

/** `PUT /stock/{sku}`: sets how many can be reserved from now on, as after a stocktaking. Not public. */
export function stockRoutes(api: Api, database: Database, cache: ProductCache): void {
  api.put("/stock/:sku", { schema: { params, body } }, async ({ params: { sku }, body: { available } }) => {
    const [stock] = await database.query(SET, [sku, available]);
    if (stock === undefined) throw unknownSku(sku);
    await cache.changed([sku]);
    return stock;
  });
}
