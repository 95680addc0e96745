import { type Queryable, statement } from "../../chassis/index.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import type { Product, ProductPage, ProductQuery } from "./product.ts";

const COLUMNS = "p.sku, p.name, p.description, p.price, p.currency, p.images, s.available";

const FIND = statement<Product>(
  "find-product",
  `SELECT ${COLUMNS} FROM product p JOIN stock s USING (sku) WHERE p.sku = $1`,
);

const LIST = statement<Product & { rank: number }>(
  "list-products",
  `SELECT ${COLUMNS}, 0::float8 AS rank
   FROM product p JOIN stock s USING (sku)
   WHERE p.sku > $1
   ORDER BY p.sku
   LIMIT $2`,
);

// The rank is compared as float8: every number that a cursor can hold is one.
const SEARCH = statement<Product & { rank: number }>(
  "search-products",
  `SELECT * FROM (
     SELECT ${COLUMNS}, ts_rank(p.search, query)::float8 AS rank
     FROM websearch_to_tsquery('english', $1) AS query
     JOIN product p ON p.search @@ query
     JOIN stock s USING (sku)
   ) AS found
   WHERE $2::float8 IS NULL OR rank < $2 OR (rank = $2 AND sku > $3)
   ORDER BY rank DESC, sku
   LIMIT $4`,
);

/** One product, undefined where there is none with this SKU. */
export async function findProduct(database: Queryable, sku: string): Promise<Product | undefined> {
  const [product] = await database.query(FIND, [sku]);
  return product;
}

/**
 * A page of products: those that fit `q`, the best first, or all, by SKU.
 *
 * @throws {Problem} 400 when `after` is not the `next` of another page.
 */
export async function listProducts(database: Queryable, query: ProductQuery): Promise<ProductPage> {
  const after = query.after === undefined ? undefined : readCursor(query.after);
  // One more than asked for tells whether there is a next page.
  const rows = await selectPage(database, query.q, after, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ rank: _, ...product }) => product),
    next: rows.length > page.length && last !== undefined ? writeCursor(last) : null,
  };
}

const selectPage = (database: Queryable, q: string | undefined, after: Cursor | undefined, limit: number) =>
  q === undefined
    ? database.query(LIST, [after?.sku ?? "", limit])
    : database.query(SEARCH, [q, after?.rank ?? null, after?.sku ?? "", limit]);
