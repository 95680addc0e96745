import { Type } from "typebox";
import type { Api, Database } from "../../chassis/index.ts";
import { Sku } from "../../contracts/catalog-api.ts";
import { unknownSku } from "./problems.ts";
import { ProductQuery } from "./product.ts";
import type { ProductCache } from "./product-cache.ts";
import { findProduct, listProducts } from "./products.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** `GET /products` and `GET /products/{sku}`: public. */
export function productRoutes(api: Api, database: Database, cache: ProductCache): void {
  api.get("/products", { schema: { querystring: ProductQuery } }, async ({ query }, reply) => {
    const page = await cache.page(query, async () => JSON.stringify(await listProducts(database, query)));
    return reply.type(JSON_TYPE).send(page);
  });

  const params = Type.Object({ sku: Sku });
  api.get("/products/:sku", { schema: { params } }, async ({ params: { sku } }, reply) => {
    const product = await cache.product(sku, async () => {
      const found = await findProduct(database, sku);
      return found && JSON.stringify(found);
    });
    if (product === undefined) throw unknownSku(sku);
    return reply.type(JSON_TYPE).send(product);
  });
}
