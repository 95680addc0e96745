import { stripVTControlCharacters, styleText } from "node:util";

/** What pino's numbers mean, and how they look. */
const LEVELS: Readonly<Record<number, readonly [text: string, colour: Parameters<typeof styleText>[0]]>> = {
  10: ["trace", "gray"],
  20: ["debug", "gray"],
  30: ["info", "green"],
  40: ["warn", "yellow"],
  50: ["error", "red"],
  60: ["fatal", "red"],
};
/** Members of every log line, which the prefix tells or nobody needs. */
const USUAL = new Set([
  "level",
  "time",
  "pid",
  "hostname",
  "name",
  "service",
  "version",
  "pod",
  "msg",
  "err",
]);
const COLOURS = [
  "cyan",
  "magenta",
  "blue",
  "yellow",
  "green",
  "cyanBright",
  "magentaBright",
  "blueBright",
] as const;

/** Who asks for colours decides, not the surroundings. */
const paint = (colour: Parameters<typeof styleText>[0], text: string): string =>
  styleText(colour, text, { validateStream: false });

/** Turns a line that a program wrote into one for people. */
export type LineFormat = (name: string, line: string) => string;

/**
 * Makes the lines of several programs readable side by side: who, how bad, what. Structured lines lose what the
 * prefix says already; others stay as they are.
 *
 * @param names The programs, in the order of their colours.
 * @param colours Whether the output understands colours.
 * @example lineFormat(["order"], false)("order", '{"level":30,"msg":"serving"}') // "order  info  serving"
 */
export function lineFormat(names: readonly string[], colours: boolean): LineFormat {
  const width = Math.max(...names.map((name) => name.length));
  return (name, line) => {
    const colour = COLOURS[Math.max(0, names.indexOf(name)) % COLOURS.length] ?? "cyan";
    const text = `${paint(colour, name.padEnd(width))}  ${describe(line)}`;
    return colours ? text : stripVTControlCharacters(text);
  };
}

function describe(line: string): string {
  const record = parse(line);
  if (record === undefined) return line;
  const [level, colour] = LEVELS[Number(record.level)] ?? [String(record.level), "gray"];
  const rest = Object.entries(record)
    .filter(([key]) => !USUAL.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const problem = errorOf(record.err);
  const shown = `${record.msg ?? ""}${paint("gray", rest.join(""))}${problem === undefined ? "" : `: ${problem}`}`;
  return `${paint(colour, level.padEnd(5))} ${shown}`;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    const structured = typeof record === "object" && record !== null && "level" in record;
    return structured ? Object.fromEntries(Object.entries(record)) : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  return String(error.message);
}
