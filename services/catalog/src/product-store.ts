import { type Database, invalidField, type Queryable, statement } from "../../chassis/index.ts";
import { keepDrawings } from "./images.ts";
import { skuTaken } from "./problems.ts";
import { checkProduct, optionsOf, type ProductRequest, titleOf } from "./product-request.ts";

// What is of no category is left out, and missing in the answer.
const SAVE_PRODUCTS = statement<{ id: string; created: boolean }>(
  "save-products",
  `INSERT INTO product (id, name, description, category_id, currency, images, options, price_from, price_to)
   SELECT wanted.id, wanted.name, description, category.id, currency, images, options, price_from, price_to
   FROM jsonb_to_recordset($1)
     AS wanted (id text, name text, description text, category text, currency text, images jsonb, options jsonb,
       price_from bigint, price_to bigint, place integer)
   JOIN category ON category.id = wanted.category
   ORDER BY place
   ON CONFLICT (id) DO UPDATE SET
     name = EXCLUDED.name, description = EXCLUDED.description, category_id = EXCLUDED.category_id,
     currency = EXCLUDED.currency, images = EXCLUDED.images, options = EXCLUDED.options,
     price_from = EXCLUDED.price_from, price_to = EXCLUDED.price_to, archived_at = NULL
   RETURNING id, xmax = 0 AS created`,
);
const TAKE_OFF = statement(
  "take-variants-off",
  "UPDATE variant SET sold = false WHERE product_id = ANY ($1) AND sold",
);
// A variant of another product is left alone, and missing in the answer.
const SAVE_VARIANTS = statement<{ sku: string }>(
  "save-variants",
  `INSERT INTO variant (sku, product_id, currency, title, options, price, position, image, sold)
   SELECT sku, product_id, currency, title, options, price, position, image, true
   FROM jsonb_to_recordset($1)
     AS wanted (sku text, product_id text, currency text, title text, options jsonb, price bigint,
       position integer, image integer)
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

/** A product under the id that it has, or is to have. */
export interface NamedProduct {
  readonly id: string;
  readonly product: ProductRequest;
}

/**
 * Stores a product as a whole: it is sold from now on, in these variants and no others. New variants begin without
 * stock.
 *
 * @returns Whether it is new.
 * @throws {Problem} 400 where the variants contradict each other or the category is unknown, 409 where a SKU belongs
 * to another product.
 */
export async function saveProduct(database: Database, id: string, product: ProductRequest): Promise<boolean> {
  checkProduct(product);
  const created = await database.transaction(async (transaction) => {
    const images = await keepDrawings(transaction, id, product.images);
    return storeProducts(transaction, [{ id, product: { ...product, images } }]);
  });
  return created.includes(id);
}

/**
 * Stores products that were checked, in a transaction of the caller's.
 *
 * @returns The ids of those that are new.
 * @throws {Problem} as {@link saveProduct} does.
 */
export async function storeProducts(
  transaction: Queryable,
  products: readonly NamedProduct[],
): Promise<string[]> {
  const rows = products.map(({ id, product: { variants, ...product } }, place) => {
    const prices = variants.map(({ price }) => price);
    const [price_from, price_to] = [Math.min(...prices), Math.max(...prices)];
    return { ...product, id, options: optionsOf({ variants }), price_from, price_to, place };
  });
  const saved = await transaction.query(SAVE_PRODUCTS, [JSON.stringify(rows)]);
  if (saved.length < products.length) {
    throw invalidField("body", "#/category", "is not a category; make it first");
  }
  await transaction.query(TAKE_OFF, [products.map(({ id }) => id)]);
  await storeVariants(transaction, products);
  return saved.filter(({ created }) => created).map(({ id }) => id);
}

async function storeVariants(transaction: Queryable, products: readonly NamedProduct[]): Promise<void> {
  const rows = products.flatMap(({ id, product: { name, currency, variants } }) =>
    variants.map((variant, position) => ({
      ...variant,
      product_id: id,
      currency,
      position,
      title: titleOf(name, variant.options),
    })),
  );
  const stored = await transaction.query(SAVE_VARIANTS, [JSON.stringify(rows)]);
  const own = new Set(stored.map(({ sku }) => sku));
  const taken = rows.find(({ sku }) => !own.has(sku));
  if (taken !== undefined) {
    const [owner] = await transaction.query(FIND_OWNER, [taken.sku]);
    throw skuTaken(taken.sku, owner?.product_id ?? "");
  }
  await transaction.query(OPEN_STOCK, [[...own]]);
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
