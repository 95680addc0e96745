import { type Database, oneOf, readSettings, statement } from "../../chassis/index.ts";
import { saveCategory } from "./categories.ts";
import { demoCategories, demoProducts } from "./demo/shop.ts";
import { storeProducts } from "./product-store.ts";

const IS_EMPTY = statement<{ empty: boolean }>(
  "is-shop-empty",
  "SELECT NOT EXISTS (SELECT FROM category) AS empty",
);
const SET_STOCK = statement(
  "set-demo-stock",
  `UPDATE stock SET available = demo.available
   FROM jsonb_to_recordset($1) AS demo (sku text, available integer)
   WHERE stock.sku = demo.sku`,
);

/**
 * Fills an empty shop with demo products where `SEED_DEMO` is `true`. A shop with anything in it stays as it is, so it
 * may run at every start.
 *
 * @throws {SettingsError} when `SEED_DEMO` is neither `true` nor `false`.
 */
export async function seed(database: Database, environment: NodeJS.ProcessEnv): Promise<void> {
  const { SEED_DEMO } = readSettings({ SEED_DEMO: oneOf(["true", "false"], "false") }, environment);
  if (SEED_DEMO === "false") return;
  await database.transaction(async (transaction) => {
    const [shop] = await transaction.query(IS_EMPTY);
    if (!shop?.empty) return;
    for (const [id, category] of demoCategories()) await saveCategory(transaction, id, category);
    const products = demoProducts();
    await storeProducts(transaction, products);
    const stock = products.flatMap((product) =>
      Object.entries(product.stock).map(([sku, available]) => ({ sku, available })),
    );
    await transaction.query(SET_STOCK, [JSON.stringify(stock)]);
  });
}
