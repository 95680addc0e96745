/** Draws measurements as SVG, with nothing but lines, dots and words. Pure. */

/** Values over time, or over whatever `x` is. */
export interface Line {
  readonly name: string;
  /** In ascending order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A moment at which something happened. */
export interface Mark {
  readonly at: number;
  readonly label: string;
}

/** A picture of measurements. */
export interface Plot {
  /** File name without its ending, such as `latency`. */
  readonly name: string;
  readonly title: string;
  /** What the axes mean, with their units. */
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** Default: none. */
  readonly marks?: readonly Mark[];
}

const WIDTH = 900;
const HEIGHT = 360;
const LEFT = 70;
const RIGHT = 170;
const TOP = 40;
const BOTTOM = 50;
/** Told apart by people who see no red and green, too (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const TICKS = 6;
/** Nothing that is measured is larger; places of what is may be beyond all numbers. */
const LARGEST = 1e100;

/** The largest step among 1, 2 and 5 times a power of ten that cuts a range into no more than {@link TICKS} parts. */
export function tickStep(range: number): number {
  const rough = range / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return (
    [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999_999) ?? 10 * power
  );
}

/** Draws a plot. Values that are no numbers, or beyond {@link LARGEST}, leave a gap. */
export function svgOf({ title, x, y, lines, marks = [] }: Plot): string {
  const points = lines.flatMap((line) => line.points).filter(isDrawable);
  const from = Math.min(...points.map(([at]) => at), ...marks.map(({ at }) => at));
  const start = Number.isFinite(from) ? Math.min(0, from) : 0;
  const end = Math.max(start + 1, ...points.map(([at]) => at), ...marks.map(({ at }) => at));
  const top = Math.max(1, ...points.map(([, value]) => value));
  const across = (at: number) => LEFT + ((at - start) / (end - start)) * (WIDTH - LEFT - RIGHT);
  const up = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 22, title, 'font-size="15" font-weight="bold"'),
  ];
  for (const value of ticks(0, top)) {
    parts.push(rule(LEFT, up(value), right, up(value), "#ddd"));
    parts.push(text(LEFT - 8, up(value) + 4, short(value), 'text-anchor="end"'));
  }
  for (const at of ticks(start, end)) {
    parts.push(rule(across(at), bottom, across(at), bottom + 5, "#888"));
    parts.push(text(across(at), bottom + 19, short(at), 'text-anchor="middle"'));
  }
  parts.push(rule(LEFT, bottom, right, bottom, "#888"));
  parts.push(text((LEFT + right) / 2, HEIGHT - 10, x, 'text-anchor="middle"'));
  parts.push(
    text(
      16,
      (TOP + bottom) / 2,
      y,
      `text-anchor="middle" transform="rotate(-90 16 ${round((TOP + bottom) / 2)})"`,
    ),
  );
  for (const [index, { at, label }] of marks.entries()) {
    parts.push(rule(across(at), TOP, across(at), bottom, "#999", 'stroke-dasharray="4 3"'));
    // One below the other, so that moments that are close together can still be read.
    parts.push(text(across(at) + 3, TOP + 10 + (index % 8) * 12, label, 'font-size="10" fill="#555"'));
  }
  for (const [index, { name, points: own }] of lines.entries()) {
    const colour = COLOURS[index % COLOURS.length] ?? "#000";
    parts.push(...strokes(own, across, up, colour));
    parts.push(`<rect x="${right + 14}" y="${TOP + index * 20}" width="12" height="12" fill="${colour}"/>`);
    parts.push(text(right + 32, TOP + index * 20 + 10, name));
  }
  return `${[...parts, "</svg>"].join("\n")}\n`;
}

const isDrawable = (point: readonly [number, number]): boolean =>
  point.every((number) => Math.abs(number) <= LARGEST);

/** A line for each stretch without a gap, a dot for a point by itself. */
function strokes(
  points: Line["points"],
  across: (at: number) => number,
  up: (value: number) => number,
  colour: string,
): string[] {
  const stretches: string[][] = [[]];
  for (const point of points) {
    if (isDrawable(point)) stretches.at(-1)?.push(`${round(across(point[0]))},${round(up(point[1]))}`);
    else stretches.push([]);
  }
  return stretches.flatMap((stretch) => {
    const [first = ""] = stretch;
    if (stretch.length === 0) return [];
    if (stretch.length > 1)
      return [`<polyline points="${stretch.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`];
    const [cx, cy] = first.split(",");
    return [`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`];
  });
}

function ticks(from: number, to: number): number[] {
  const step = tickStep(to - from);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
const short = (value: number): string => String(Number(value.toPrecision(6)));
const rule = (x1: number, y1: number, x2: number, y2: number, colour: string, more = "") =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" ${more}/>`;
const text = (x: number, y: number, words: string, more = "") =>
  `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(words)}</text>`;
/** Words as XML has them. */
export const escaped = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
