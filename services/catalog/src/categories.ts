import { type Queryable, statement } from "../../chassis/index.ts";
import type { Categories, Category } from "../../contracts/catalog-api.ts";
import type { CategoryRequest } from "./product-request.ts";

const LIST = statement<Category>(
  "list-categories",
  `SELECT c.id, c.name, count(p.id) AS products
   FROM category c
   LEFT JOIN product p ON p.category_id = c.id AND p.archived_at IS NULL
   GROUP BY c.id
   ORDER BY c.position, c.id`,
);
const SAVE = statement(
  "save-category",
  `INSERT INTO category (id, name, position) VALUES ($1, $2, $3)
   ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, position = EXCLUDED.position`,
);
const PRODUCTS = statement<{ id: string }>(
  "products-of-category",
  "SELECT id FROM product WHERE category_id = $1 AND archived_at IS NULL",
);

/** All categories, in the order to show. */
export const listCategories = async (database: Queryable): Promise<Categories> => ({
  items: await database.query(LIST),
});

/**
 * Makes a category, or changes what it is called and where it stands.
 *
 * @returns The ids of the products that show its name.
 */
export async function saveCategory(
  database: Queryable,
  id: string,
  { name, position }: CategoryRequest,
): Promise<string[]> {
  await database.query(SAVE, [id, name, position]);
  return (await database.query(PRODUCTS, [id])).map((product) => product.id);
}
