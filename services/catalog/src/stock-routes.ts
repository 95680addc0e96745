import { Type } from "typebox";
import { type Api, type Database, requirePermission, statement } from "../../chassis/index.ts";
import { Sku } from "../../contracts/catalog-api.ts";
import { PROBLEMS } from "./answers.ts";
import { unknownSku } from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";

const COUNT = statement<{ sku: string; available: number; product_id: string }>(
  "count-stock",
  `WITH before AS (
     SELECT sku, available FROM stock WHERE sku = $1 FOR NO KEY UPDATE
   ), counted AS (
     UPDATE stock SET available = $2 FROM before WHERE stock.sku = before.sku
     RETURNING stock.sku, stock.available, stock.available - before.available AS change
   ), recorded AS (
     INSERT INTO stock_movement (sku, kind, change, available, counted_by)
     SELECT sku, 'counted', change, available, $3 FROM counted
   )
   SELECT sku, available, product_id FROM counted JOIN variant USING (sku)`,
);

const params = Type.Object({ sku: Sku });
const body = Type.Object(
  { available: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }) },
  { additionalProperties: false },
);
const Stock = Type.Object({ sku: Sku, available: Type.Integer({ minimum: 0 }) });

/**
 * `PUT /stock/{sku}`: sets how many can be reserved from now on, as after a stocktaking; what is reserved already is
 * not among them. For those who may count stock.
 */
export function stockRoutes(api: Api, database: Database, cache: ProductCache): void {
  const schema = {
    summary: "Set the stock of a variant",
    description: "Needs `stock:write`. What is reserved already is not among it.",
    params,
    body,
    response: { 200: Stock, ...PROBLEMS },
  };
  api.put("/stock/:sku", { schema }, async (request) => {
    const { id } = requirePermission(request, "stock:write");
    const { sku } = request.params;
    const [counted] = await database.query(COUNT, [sku, request.body.available, id]);
    if (counted === undefined) throw unknownSku(sku);
    await cache.stockChanged([counted.product_id]);
    return { sku, available: counted.available };
  });
}
