import type { ProductRequest } from "../../../catalog/src/product-request.ts";
import type { Image, Product } from "../../../contracts/catalog-api.ts";

/** What a merchant wants a product to be, as far as the page lets them say it. */
export interface Edits {
  readonly name: string;
  readonly description: string;
  /** Id of the category. */
  readonly category: string;
  /** In minor units, by SKU. */
  readonly prices: Readonly<Record<string, number>>;
  /** In the order to show. */
  readonly images: readonly Image[];
}

/** The whole product as it is to be stored: what was read, with the edits. A variant whose picture is gone shows the first. */
export function editedProduct(product: Product, edits: Edits): ProductRequest {
  const { name, description, category, prices, images } = edits;
  return {
    name,
    description,
    category,
    currency: product.currency,
    images: images.map(({ url, alt }) => ({ url, alt })),
    variants: product.variants.map(({ sku, options, price, image }) => {
      const number = images.findIndex(({ url }) => url === image) + 1;
      return {
        sku,
        options: Object.fromEntries(product.options.map(({ name }) => [name, options[name] ?? ""])),
        price: prices[sku] ?? price,
        ...(number > 0 && { image: number }),
      };
    }),
  };
}

/** What a variant is called among the others of its product. */
export const variantName = (
  { name, options }: Pick<Product, "name" | "options">,
  variant: Product["variants"][number],
): string => options.map((option) => variant.options[option.name]).join(", ") || name;

/** Stock that was counted anew, by SKU: only what differs from what is known. */
export function countedStock(
  variants: readonly Pick<Product["variants"][number], "sku" | "available">[],
  counts: Readonly<Record<string, string>>,
): { readonly sku: string; readonly available: number }[] {
  return variants.flatMap(({ sku, available }) => {
    const text = counts[sku] ?? "";
    const counted = Number(text);
    return /^\d{1,9}$/.test(text) && counted !== available ? [{ sku, available: counted }] : [];
  });
}
