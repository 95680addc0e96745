import { type Queryable, statement } from "../../chassis/index.ts";
import type { PricedVariant, Product } from "../../contracts/catalog-api.ts";
import type { EventOf } from "../../contracts/event.ts";
import type { productRated } from "../../contracts/review-api.ts";
import { showImage } from "./images.ts";
import { RATING_COLUMN } from "./product-list.ts";
import type { ImageRequest } from "./product-request.ts";

interface ProductRow extends Omit<Product, "images" | "variants"> {
  readonly images: readonly ImageRequest[];
  readonly variants: readonly (Omit<Product["variants"][number], "image"> & { image: number | null })[];
}

const FIND = statement<ProductRow>(
  "find-product",
  `SELECT p.id, p.name, p.description, jsonb_build_object('id', c.id, 'name', c.name) AS category, p.images,
     p.options, p.currency, ${RATING_COLUMN},
     (SELECT jsonb_agg(
         jsonb_build_object(
           'sku', v.sku, 'options', v.options, 'price', v.price, 'available', s.available, 'image', v.image)
         ORDER BY v.position)
       FROM variant v JOIN stock s USING (sku)
       WHERE v.product_id = p.id AND v.sold) AS variants
   FROM product p
   JOIN category c ON c.id = p.category_id
   WHERE p.id = $1 AND p.archived_at IS NULL`,
);

interface PricedRow extends Omit<PricedVariant, "productId" | "unitPrice" | "image"> {
  readonly product_id: string;
  readonly price: number;
  readonly number: number;
  readonly image: ImageRequest | null;
}

// A variant without a picture of its own is shown by the product's first.
const PRICE = statement<PricedRow>(
  "price-variants",
  `SELECT v.sku, v.product_id, v.title AS name, v.price, v.currency, s.available,
     coalesce(v.image, 1) AS number, p.images -> (coalesce(v.image, 1) - 1) AS image
   FROM variant v
   JOIN stock s USING (sku)
   JOIN product p ON p.id = v.product_id
   WHERE v.sku = ANY ($1) AND v.sold
   ORDER BY v.sku`,
);

const DRAWING = statement<{ image: ImageRequest }>(
  "find-image",
  "SELECT images -> ($2::integer - 1) AS image FROM product WHERE id = $1 AND jsonb_array_length(images) >= $2",
);

const RATE = statement<{ id: string }>(
  "rate-product",
  `UPDATE product SET rating_average = $2, rating_count = $3, rating_version = $4
   WHERE id = $1 AND rating_version < $4
   RETURNING id`,
);

/** One product that is sold, undefined where there is none with this id. */
export async function findProduct(database: Queryable, id: string): Promise<Product | undefined> {
  const [row] = await database.query(FIND, [id]);
  if (row === undefined) return undefined;
  const images = row.images.map((image, index) => showImage(id, index + 1, image));
  return {
    ...row,
    images,
    variants: row.variants.map(({ image, ...variant }) => {
      const shown = image === null ? undefined : images[image - 1];
      return { ...variant, ...(shown && { image: shown.url }) };
    }),
  };
}

/** Those of these variants that are sold, at the prices and with the stock of this moment. */
export async function priceVariants(database: Queryable, skus: readonly string[]): Promise<PricedVariant[]> {
  const rows = await database.query(PRICE, [skus]);
  return rows.map(({ product_id: productId, price: unitPrice, number, image, ...variant }) => ({
    ...variant,
    productId,
    unitPrice,
    ...(image && { image: showImage(productId, number, image).url }),
  }));
}

/** A product's picture by its number, counted from 1, sold or not: orders of the past show it, too. */
export async function findImage(
  database: Queryable,
  productId: string,
  number: number,
): Promise<ImageRequest | undefined> {
  const [row] = await database.query(DRAWING, [productId, number]);
  return row?.image;
}

/**
 * Stores what buyers think of a product, unless something newer is known.
 *
 * @returns Whether it changed anything.
 */
export async function rateProduct(
  database: Queryable,
  { productId, rating, version }: EventOf<typeof productRated>,
): Promise<boolean> {
  const values = [productId, rating?.average ?? null, rating?.count ?? null, version];
  return (await database.query(RATE, values)).length > 0;
}
