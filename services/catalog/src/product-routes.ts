import { Type } from "typebox";
import { type Api, type Database, sendStored } from "../../chassis/index.ts";
import {
  Categories,
  MAX_LINES,
  PricedVariants,
  Product,
  ProductPage,
  ProductQuery,
  Sku,
} from "../../contracts/catalog-api.ts";
import { PROBLEMS } from "./answers.ts";
import { listCategories } from "./categories.ts";
import { unknownProduct } from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";
import { listProducts } from "./product-list.ts";
import { ProductParams } from "./product-request.ts";
import { findProduct, priceVariants } from "./products.ts";

const VariantsQuery = Type.Object(
  { sku: Type.Array(Sku, { minItems: 1, maxItems: MAX_LINES, description: "Once for each variant" }) },
  { additionalProperties: false },
);

/** What shoppers read: `GET /products`, `/products/{id}`, `/categories` and `/variants`. Public. */
export function productRoutes(api: Api, database: Database, cache: ProductCache): void {
  api.get(
    "/products",
    {
      schema: {
        summary: "List or search products",
        querystring: ProductQuery,
        response: { 200: ProductPage, ...PROBLEMS },
      },
    },
    async ({ query }, reply) => {
      const body = await cache.page(query, async () => JSON.stringify(await listProducts(database, query)));
      return sendStored(reply, { status: 200, body });
    },
  );

  api.get(
    "/products/:id",
    { schema: { summary: "Show a product", params: ProductParams, response: { 200: Product, ...PROBLEMS } } },
    async ({ params: { id } }, reply) => {
      const body = await cache.product(id, async () => {
        const found = await findProduct(database, id);
        return found && JSON.stringify(found);
      });
      if (body === undefined) throw unknownProduct(id);
      return sendStored(reply, { status: 200, body });
    },
  );

  api.get(
    "/categories",
    { schema: { summary: "List the categories", response: { 200: Categories, ...PROBLEMS } } },
    async (_request, reply) => {
      const body = await cache.categories(async () => JSON.stringify(await listCategories(database)));
      return sendStored(reply, { status: 200, body });
    },
  );

  // Never from the cache: what carts and quotes say about money is true.
  api.get(
    "/variants",
    {
      schema: {
        summary: "Price variants by their SKUs",
        querystring: VariantsQuery,
        response: { 200: PricedVariants, ...PROBLEMS },
      },
    },
    async ({ query }) => ({ items: await priceVariants(database, query.sku) }),
  );
}
