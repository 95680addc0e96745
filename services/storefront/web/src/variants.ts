import type { Product, Variant } from "../../../contracts/catalog-api.ts";

type Choices = Pick<Product, "options" | "variants">;

/** The variant that an address names, else the first one that can be had, else the first. */
export function initialVariant({ variants }: Choices, sku: string | undefined): Variant | undefined {
  return (
    variants.find((variant) => variant.sku === sku) ??
    variants.find(({ available }) => available > 0) ??
    variants[0]
  );
}

/**
 * The variant to show when one option is changed: the one that differs in nothing else, else the one that keeps most
 * of what was chosen, so that every value can always be chosen.
 */
export function variantWith(product: Choices, chosen: Variant, option: string, value: string): Variant {
  const kept = (variant: Variant) =>
    product.options.filter(({ name }) => name !== option && variant.options[name] === chosen.options[name])
      .length;
  const candidates = product.variants.filter((variant) => variant.options[option] === value);
  return candidates.reduce(
    (best, variant) => (kept(variant) > kept(best) ? variant : best),
    candidates[0] ?? chosen,
  );
}

/** Whether a value of an option can be had with everything else as it is chosen. */
export function isAvailable(product: Choices, chosen: Variant, option: string, value: string): boolean {
  const wanted = { ...chosen.options, [option]: value };
  return product.variants.some(
    (variant) =>
      variant.available > 0 && product.options.every(({ name }) => variant.options[name] === wanted[name]),
  );
}
