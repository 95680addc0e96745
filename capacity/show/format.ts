/** Numbers as people read them. */

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** A count: `1,200`. */
export const count = (value: number): string => INTEGER.format(value);

/** A measured figure: `1,230`, `0.123`. */
export const figure = (value: number): string => SHORT.format(value);

/** A large figure in short: `1.2M`. */
export const compact = (value: number): string => COMPACT.format(value);

/** An amount of money: `USD 1,234.50`. */
export const money = (value: number, currency: string): string =>
  `${currency} ${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** A time: `45 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${figure(seconds)} s`;
  return seconds < 7200 ? `${figure(seconds / 60)} min` : `${figure(seconds / 3600)} h`;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * A line as one row of blocks.
 *
 * @param width Columns; each shows the highest of the values that fall into it.
 * @param most The value of a full block. Default: the line's highest.
 */
export function sparkline(line: readonly number[], width: number, most: number = Math.max(...line)): string {
  const columns = Math.min(width, line.length);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * line.length) / columns);
    const to = Math.floor(((column + 1) * line.length) / columns);
    const value = Math.max(...line.slice(from, to));
    const level = most > 0 ? Math.round((value / most) * (BLOCKS.length - 1)) : 0;
    return BLOCKS[Math.min(BLOCKS.length - 1, level)];
  }).join("");
}
