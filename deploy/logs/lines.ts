/** Lines of logs: which of them answer a question, and how people read them. */

import type { Question } from "./question.ts";

/** What a service writes in one line. */
export interface LogLine {
  /** The line as it was written. */
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A line; undefined for one that is not an object of JSON, which no service of ours writes. */
export function readLine(text: string): LogLine | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === "object" && fields !== null ? { text, fields: { ...fields } } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a line is one of those that are asked for; how old it is is seen to where it is read. */
export const answers = ({ fields }: LogLine, { service, traceId, orderId, security }: Question): boolean =>
  (service === undefined || fields.service === service) &&
  (traceId === undefined || fields.traceId === traceId) &&
  (orderId === undefined || fields.orderId === orderId) &&
  (!security || typeof fields.security === "string");

/** Oldest first. */
export const byTime = (a: LogLine, b: LogLine): number =>
  String(a.fields.time).localeCompare(String(b.fields.time));

/** Parts of a line that are shown at its beginning, or not at all. */
const SHOWN: ReadonlySet<string> = new Set(["time", "level", "service", "pod", "version", "msg"]);
const LEVELS: Readonly<Record<string, "red" | "yellow" | "gray">> = {
  fatal: "red",
  error: "red",
  warn: "yellow",
  debug: "gray",
  trace: "gray",
};

/** Gives a text a colour, where there are any. */
export type Paint = (colour: "red" | "yellow" | "gray" | "cyan", text: string) => string;

/**
 * A line as people read it: when, how bad, who, what, and then everything else by its name.
 *
 * @example "18:15:00.123 warn  payment  the provider is slow  orderId=0b6f1e0a-… traceId=4bf9…"
 */
export function showLine({ fields }: LogLine, paint: Paint): string {
  const level = String(fields.level ?? "");
  const colour = LEVELS[level];
  const head = [
    paint("gray", String(fields.time ?? "").slice(11, 23)),
    colour === undefined ? level.padEnd(5) : paint(colour, level.padEnd(5)),
    paint("cyan", String(fields.service ?? "").padEnd(10)),
    plain(String(fields.msg ?? "")),
  ];
  const rest = Object.entries(fields)
    .filter(([name]) => !SHOWN.has(name))
    .map(([name, value]) => paint("gray", `${plain(name)}=${shown(value)}`));
  return [...head, ...rest].join(" ");
}

const shown = (value: unknown): string =>
  typeof value === "string" && /^[^\s"=]+$/.test(value) ? plain(value) : plain(JSON.stringify(value));

/** What somebody logs must not move the cursor of whoever reads it. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, "�");
