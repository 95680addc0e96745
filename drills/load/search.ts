/** Where a search begins and ends. */
export interface SearchOptions {
  /** The rate that is tried first. */
  readonly start: number;
  /** No higher rate is tried. */
  readonly most: number;
  /** The rate that is found is that close, as a factor above 1, to one that is not sustained. */
  readonly precision: number;
}

/**
 * Finds the highest rate that is sustained: doubles until one is not, or halves until one is, then looks in between.
 *
 * @param sustains Tries a rate. One that is sustained means that lower ones are, too.
 * @returns 0 where not even one request a second is sustained.
 */
export async function highestSustained(
  sustains: (rate: number) => Promise<boolean>,
  { start, most, precision }: SearchOptions,
): Promise<number> {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let rate = Math.min(start, most);
  while (rate >= 1) {
    if (await sustains(rate)) {
      low = rate;
      if (rate === most) return rate;
    } else high = rate;
    if (low > 0 && high / low <= precision) return low;
    if (high === Number.POSITIVE_INFINITY) rate = Math.min(most, rate * 2);
    else if (low === 0) rate = Math.floor(high / 2);
    else rate = roundedBetween(low, high);
    // Whole numbers that are next to each other have none in between.
    if (rate === low) return low;
  }
  return low;
}

/** A whole number between two, near their geometric mean, for it is ratios that count. */
const roundedBetween = (low: number, high: number): number =>
  Math.min(Math.ceil(high) - 1, Math.max(low, Math.round(Math.sqrt(low * high))));
