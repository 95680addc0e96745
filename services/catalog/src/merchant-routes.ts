import { type Api, type Database, requirePermission } from "../../chassis/index.ts";
import { Product } from "../../contracts/catalog-api.ts";
import { NO_CONTENT, PROBLEMS } from "./answers.ts";
import { saveCategory } from "./categories.ts";
import { unknownProduct } from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";
import { CategoryParams, CategoryRequest, ProductParams, ProductRequest } from "./product-request.ts";
import { archiveProduct, saveProduct } from "./product-store.ts";
import { findProduct } from "./products.ts";

/** What merchants change: `PUT` and `DELETE /products/{id}`, `PUT /categories/{id}`. */
export function merchantRoutes(api: Api, database: Database, cache: ProductCache): void {
  api.put(
    "/products/:id",
    {
      schema: {
        summary: "Make or change a product",
        description:
          "Needs `catalog:write`. Variants that are left out are no longer sold; new ones have no stock.",
        params: ProductParams,
        body: ProductRequest,
        response: { 200: Product, 201: Product, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requirePermission(request, "catalog:write");
      const { id } = request.params;
      const created = await saveProduct(database, id, request.body);
      await cache.edited([id]);
      const product = await findProduct(database, id);
      // Archived by somebody else since.
      if (product === undefined) throw unknownProduct(id);
      return reply.code(created ? 201 : 200).send(product);
    },
  );

  api.delete(
    "/products/:id",
    {
      schema: {
        summary: "Sell a product no longer",
        description: "Needs `catalog:write`. The next change brings it back.",
        params: ProductParams,
        response: { ...NO_CONTENT, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requirePermission(request, "catalog:write");
      const { id } = request.params;
      if (!(await archiveProduct(database, id))) throw unknownProduct(id);
      await cache.edited([id]);
      return reply.code(204).send(null);
    },
  );

  api.put(
    "/categories/:id",
    {
      schema: {
        summary: "Make or change a category",
        description: "Needs `catalog:write`.",
        params: CategoryParams,
        body: CategoryRequest,
        response: { ...NO_CONTENT, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requirePermission(request, "catalog:write");
      await cache.edited(await saveCategory(database, request.params.id, request.body));
      return reply.code(204).send(null);
    },
  );
}
