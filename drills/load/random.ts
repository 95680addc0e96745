/** Chance that can be had again: the same seed gives the same numbers on every machine. */
export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number;
  /** One of several. */
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** The same items in an order of its own. */
  readonly shuffle: <Item>(items: readonly Item[]) => Item[];
}

/**
 * @param seed Any whole number; only its last 32 bits count.
 * @throws {RangeError} from `pick` where there is nothing to pick from.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: 32 bits of state are enough to choose what breaks next.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <Item>(items: readonly Item[]): Item => {
    const index = Math.floor(next() * items.length);
    if (index >= items.length) throw new RangeError("there is nothing to pick from");
    return items[index] as Item;
  };
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const left = [...items];
    const shuffled: Item[] = [];
    while (left.length > 0) shuffled.push(...left.splice(Math.floor(next() * left.length), 1));
    return shuffled;
  };
  return { next, pick, shuffle };
}
