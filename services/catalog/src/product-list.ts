import { type Queryable, type Statement, statement } from "../../chassis/index.ts";
import type { ProductCard, ProductPage, ProductQuery, ProductSort } from "../../contracts/catalog-api.ts";
import { type KeyKind, readCursor, writeCursor } from "./cursor.ts";
import { showImage } from "./images.ts";
import type { ImageRequest } from "./product-request.ts";

/** How a list is sorted: by an SQL expression of `p`, then by id in the same direction. */
interface Sorting {
  readonly key: string;
  readonly kind: KeyKind;
  readonly descending: boolean;
}

const NEWEST: Sorting = { key: "p.number", kind: "integer", descending: true };

const SORTINGS: Readonly<Record<ProductSort, Sorting>> = {
  // Compared as float8: every number that a cursor can hold is one.
  relevance: { key: "ts_rank(p.search, query)::float8", kind: "number", descending: true },
  "price-asc": { key: "p.price_from", kind: "integer", descending: false },
  "price-desc": { key: "p.price_from", kind: "integer", descending: true },
  rating: { key: "p.rating_score", kind: "number", descending: true },
  // The same order on every server, whatever its locale.
  name: { key: 'lower(p.name) COLLATE "C"', kind: "text", descending: false },
  newest: NEWEST,
};

const SQL_TYPES: Readonly<Record<KeyKind, string>> = { number: "float8", integer: "bigint", text: "text" };

interface CardRow {
  readonly id: string;
  readonly name: string;
  readonly category: ProductCard["category"];
  readonly image: ImageRequest | null;
  readonly price_from: number;
  readonly price_to: number;
  readonly currency: string;
  readonly rating: ProductCard["rating"];
  readonly available: boolean;
  readonly sku: string | null;
  readonly key: string | number;
}

/** A rating as the API shows it, from the columns of `p`. */
export const RATING_COLUMN = `CASE WHEN p.rating_count IS NOT NULL THEN
  jsonb_build_object('average', p.rating_average, 'count', p.rating_count) END AS rating`;

const IN_STOCK = `EXISTS (
  SELECT FROM variant v JOIN stock s USING (sku) WHERE v.product_id = p.id AND v.sold AND s.available > 0)`;

/** The page is cut out first; stock is looked up for what is on it only. */
function listStatement(
  { key, kind, descending }: Sorting,
  name: string,
  { searches, inStock, goesOn }: Record<"searches" | "inStock" | "goesOn", boolean>,
): Statement<CardRow> {
  const direction = descending ? "DESC" : "ASC";
  const type = SQL_TYPES[kind];
  return statement<CardRow>(
    `list-products-${name}${searches ? "-search" : ""}${inStock ? "-stock" : ""}${goesOn ? "-after" : ""}`,
    `SELECT p.id, p.name, jsonb_build_object('id', c.id, 'name', c.name) AS category, p.image,
       p.price_from, p.price_to, p.currency, p.rating, goods.available, goods.sku, p.key
     FROM (
       SELECT p.id, p.name, p.category_id, p.images -> 0 AS image, p.price_from, p.price_to, p.currency,
         ${RATING_COLUMN}, ${key} AS key
       FROM product p, product_query($1) AS query
       WHERE p.archived_at IS NULL
         AND ${searches ? "p.search @@ query" : "$1::text IS NULL"}
         AND ($2::text IS NULL OR p.category_id = $2)
         AND ($3::bigint IS NULL OR p.price_to >= $3)
         AND ($4::bigint IS NULL OR p.price_from <= $4)
         AND ${inStock ? IN_STOCK : "true"}
         AND ${goesOn ? `(${key}, p.id) ${descending ? "<" : ">"} ($6::${type}, $7::text)` : "true"}
       ORDER BY key ${direction}, p.id ${direction}
       LIMIT $5
     ) AS p
     JOIN category c ON c.id = p.category_id
     CROSS JOIN LATERAL (
       SELECT coalesce(bool_or(s.available > 0), false) AS available,
         CASE WHEN count(*) = 1 THEN min(v.sku) END AS sku
       FROM variant v JOIN stock s USING (sku)
       WHERE v.product_id = p.id AND v.sold
     ) AS goods
     ORDER BY p.key ${direction}, p.id ${direction}`,
  );
}

/**
 * A page of products that fit the query.
 *
 * @throws {Problem} 400 when `after` is not the `next` of another page of the same list.
 */
export async function listProducts(database: Queryable, query: ProductQuery): Promise<ProductPage> {
  const { q, category, minPrice, maxPrice, inStock, sort, limit } = query;
  // Nothing fits better where nothing is searched for.
  const sorting = sort === "relevance" && q === undefined ? NEWEST : SORTINGS[sort];
  const after = query.after === undefined ? undefined : readCursor(query.after, sort, sorting.kind);
  const name = sorting === NEWEST ? "newest" : sort;
  const kind = { searches: q !== undefined, inStock, goesOn: after !== undefined };
  const list = listStatement(sorting, name, kind);
  // One more than asked for tells whether there is a next page.
  const rows = await database.query(list, [
    q ?? null,
    category ?? null,
    minPrice ?? null,
    maxPrice ?? null,
    limit + 1,
    ...(after === undefined ? [] : [after.key, after.id]),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(showCard),
    next:
      rows.length > page.length && last !== undefined
        ? writeCursor({ sort, key: last.key, id: last.id })
        : null,
  };
}

const showCard = (row: CardRow): ProductCard => ({
  id: row.id,
  name: row.name,
  category: row.category,
  image: row.image && showImage(row.id, 1, row.image),
  priceFrom: row.price_from,
  priceTo: row.price_to,
  currency: row.currency,
  rating: row.rating,
  available: row.available,
  ...(row.sku === null ? {} : { sku: row.sku }),
});
