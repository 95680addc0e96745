import type { Cart, CartLine } from "../../contracts/cart-api.ts";
import type { PricedVariant } from "../../contracts/catalog-api.ts";
import type { StoredLine } from "./cart-store.ts";

/** What is sold, by SKU; undefined while the catalog cannot be asked. */
export type Variants = ReadonlyMap<string, PricedVariant> | undefined;

/** A cart as the catalog sees it at this moment. */
export function priceCart(stored: readonly StoredLine[], variants: Variants): Cart {
  const lines = stored.map((line) => priceLine(line, variants));
  const currency = onlyOne(lines.map((line) => line.currency));
  const goods = currency === undefined ? undefined : sumOf(lines);
  return {
    lines,
    ...(currency !== undefined && { currency }),
    ...(goods !== undefined && { goods }),
    orderable: goods !== undefined && lines.every(({ problem }) => problem === undefined),
  };
}

function priceLine({ sku, quantity }: StoredLine, variants: Variants): CartLine {
  const variant = variants?.get(sku);
  if (variant === undefined) {
    return { sku, quantity, problem: variants === undefined ? "price-unknown" : "unknown-sku" };
  }
  return { ...variant, quantity, ...(variant.available < quantity && { problem: "out-of-stock" as const }) };
}

/** The value that all have; undefined where there is none, or more than one. */
function onlyOne<T>(values: readonly T[]): T | undefined {
  const different = new Set(values);
  return different.size === 1 ? values[0] : undefined;
}

/** What all lines cost together; undefined where that is more than a number can tell exactly. */
function sumOf(lines: readonly CartLine[]): number | undefined {
  const sum = lines.reduce((sum, { unitPrice = 0, quantity }) => sum + unitPrice * quantity, 0);
  return Number.isSafeInteger(sum) ? sum : undefined;
}
