import { repeatedSku } from "./problems.ts";

/**
 * Refuses lines of which two are for the same goods.
 *
 * @throws {Problem} 400 naming the second one.
 */
export function refuseRepeatedSku(lines: readonly { readonly sku: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku)) throw repeatedSku(index);
    seen.add(sku);
  }
}
