import { type Database, oneOf, readSettings, statement } from "../../chassis/index.ts";
import { DEMO_CURRENCY, demoProducts } from "./demo-shop.ts";

const ADD_PRODUCTS = statement(
  "add-demo-products",
  `INSERT INTO product (sku, name, description, price, currency)
   SELECT sku, name, description, price, $2
   FROM jsonb_to_recordset($1) AS demo (sku text, name text, description text, price bigint)
   ORDER BY sku
   ON CONFLICT DO NOTHING`,
);
const ADD_STOCK = statement(
  "add-demo-stock",
  `INSERT INTO stock (sku, available)
   SELECT sku, available
   FROM jsonb_to_recordset($1) AS demo (sku text, available integer)
   ORDER BY sku
   ON CONFLICT DO NOTHING`,
);

/**
 * Fills the shop with demo products where `SEED_DEMO` is `true`. What is there already stays as it is, so it may run
 * at every start.
 *
 * @throws {SettingsError} when `SEED_DEMO` is neither `true` nor `false`.
 */
export async function seed(database: Database, environment: NodeJS.ProcessEnv): Promise<void> {
  const { SEED_DEMO } = readSettings({ SEED_DEMO: oneOf(["true", "false"], "false") }, environment);
  if (SEED_DEMO === "false") return;
  const products = JSON.stringify(demoProducts());
  await database.transaction(async (transaction) => {
    await transaction.query(ADD_PRODUCTS, [products, DEMO_CURRENCY]);
    await transaction.query(ADD_STOCK, [products]);
  });
}
