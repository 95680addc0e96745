import { type Database, invalidField, type Queryable, statement } from "../../chassis/index.ts";
import { skuTaken } from "./problems.ts";
import { checkProduct, optionsOf, type ProductRequest, titleOf } from "./product-request.ts";

// Nothing is inserted where there is no such category.
const SAVE_PRODUCT = statement<{ created: boolean }>(
  "save-product",
  `INSERT INTO product (id, name, description, category_id, currency, images, options, price_from, price_to)
   SELECT $1, $2, $3, category.id, $5, $6, $7, $8, $9 FROM category WHERE category.id = $4
   ON CONFLICT (id) DO UPDATE SET
     name = EXCLUDED.name, description = EXCLUDED.description, category_id = EXCLUDED.category_id,
     currency = EXCLUDED.currency, images = EXCLUDED.images, options = EXCLUDED.options,
     price_from = EXCLUDED.price_from, price_to = EXCLUDED.price_to, archived_at = NULL
   RETURNING xmax = 0 AS created`,
);
const TAKE_OFF = statement(
  "take-variants-off",
  "UPDATE variant SET sold = false WHERE product_id = $1 AND sold",
);
// A variant of another product is left alone, and missing in the answer.
const SAVE_VARIANTS = statement<{ sku: string }>(
  "save-variants",
  `INSERT INTO variant (sku, product_id, currency, title, options, price, position, image, sold)
   SELECT sku, $1, $2, title, options, price, position, image, true
   FROM jsonb_to_recordset($3)
     AS wanted (sku text, title text, options jsonb, price bigint, position integer, image integer)
   ORDER BY sku
   ON CONFLICT (sku) DO UPDATE SET
     title = EXCLUDED.title, options = EXCLUDED.options, price = EXCLUDED.price,
     position = EXCLUDED.position, image = EXCLUDED.image, sold = true
   WHERE variant.product_id = EXCLUDED.product_id
   RETURNING sku`,
);
const FIND_OWNER = statement<{ product_id: string }>(
  "find-owner",
  "SELECT product_id FROM variant WHERE sku = $1",
);
const OPEN_STOCK = statement(
  "open-stock",
  `INSERT INTO stock (sku, available) SELECT sku, 0 FROM unnest($1::text[]) AS sku ORDER BY sku
   ON CONFLICT DO NOTHING`,
);
const ARCHIVE = statement<{ known: boolean }>(
  "archive-product",
  `WITH closed AS (
     UPDATE product SET archived_at = now() WHERE id = $1 AND archived_at IS NULL RETURNING id
   ), taken_off AS (
     UPDATE variant SET sold = false FROM closed WHERE product_id = closed.id AND sold
   )
   SELECT EXISTS (SELECT FROM product WHERE id = $1) AS known`,
);

/**
 * Stores a product as a whole: it is sold from now on, in these variants and no others. New variants begin without
 * stock.
 *
 * @returns Whether it is new.
 * @throws {Problem} 400 where the variants contradict each other or the category is unknown, 409 where a SKU belongs
 * to another product.
 */
export async function saveProduct(database: Database, id: string, request: ProductRequest): Promise<boolean> {
  checkProduct(request);
  return database.transaction((transaction) => storeProduct(transaction, id, request));
}

/** Like {@link saveProduct}, in a transaction of the caller's. */
export async function storeProduct(
  transaction: Queryable,
  id: string,
  request: ProductRequest,
): Promise<boolean> {
  const { name, description, category, currency, images, variants } = request;
  const prices = variants.map(({ price }) => price);
  const [saved] = await transaction.query(SAVE_PRODUCT, [
    id,
    name,
    description,
    category,
    currency,
    JSON.stringify(images),
    JSON.stringify(optionsOf(request)),
    Math.min(...prices),
    Math.max(...prices),
  ]);
  if (saved === undefined) throw invalidField("body", "#/category", "is not a category; make it first");

  await transaction.query(TAKE_OFF, [id]);
  const rows = variants.map((variant, position) => ({
    ...variant,
    position,
    title: titleOf(name, variant.options),
  }));
  const stored = await transaction.query(SAVE_VARIANTS, [id, currency, JSON.stringify(rows)]);
  const own = new Set(stored.map(({ sku }) => sku));
  const taken = variants.find(({ sku }) => !own.has(sku));
  if (taken !== undefined) {
    const [owner] = await transaction.query(FIND_OWNER, [taken.sku]);
    throw skuTaken(taken.sku, owner?.product_id ?? "");
  }
  await transaction.query(OPEN_STOCK, [[...own]]);
  return saved.created;
}

/**
 * Sells a product no longer. What is reserved of it stays reserved.
 *
 * @returns Whether there is such a product.
 */
export async function archiveProduct(database: Queryable, id: string): Promise<boolean> {
  const [row] = await database.query(ARCHIVE, [id]);
  return row?.known ?? false;
}
