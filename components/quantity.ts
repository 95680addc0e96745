/** Quantities as Kubernetes writes them: `250m` of a CPU, `128Mi` of memory. */

const QUANTITY = /^(\d+(?:\.\d+)?)(n|u|m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi)?$/;
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/**
 * Reads a quantity.
 *
 * @param text Such as `250m`, `0.5`, `128Mi` or `1Gi`.
 * @returns Its value in base units (CPUs or bytes), or undefined where the text is not a quantity above 0.
 * @example parseQuantity("250m") // 0.25
 */
export function parseQuantity(text: string): number | undefined {
  const [, digits, suffix] = QUANTITY.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits) * (suffix === undefined ? 1 : (FACTORS[suffix] ?? Number.NaN));
  return value > 0 ? value : undefined;
}
