import { type InspectColor, styleText } from "node:util";
import type { Outcome, Progress, StepState } from "./progress.ts";

const COLOURS: Readonly<Record<StepState, InspectColor>> = {
  created: "green",
  changed: "yellow",
  removed: "red",
  waiting: "cyan",
  working: "cyan",
  ready: "green",
  failed: "red",
};

/** Colours a text where the stream is a terminal that wants it (`NO_COLOR` is respected). */
export const paint = (
  colour: InspectColor,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string => styleText(colour, text, { stream, validateStream: true });

/** Seconds since a start, as `12.3 s`. */
export const elapsed = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Shows a deployment's steps: at a terminal one line per object that still moves, redrawn in place under the lines
 * of those that are done; elsewhere one line per change.
 */
export function terminalProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
  const start = performance.now();
  const line = (title: string, state: StepState, note: string): string =>
    `${elapsed(start).padStart(8)}  ${paint(COLOURS[state], state.padEnd(8), stream)} ${title}${note ? `  ${note}` : ""}`;
  const write = ({ ok }: Outcome, lines: readonly string[]): void =>
    void (ok ? stream : process.stderr).write(`${lines.join("\n")}\n`);
  if (!stream.isTTY) {
    const told = new Map<string, string>();
    return {
      step(title, state, note = "") {
        if (state === "working" || told.get(title) === state + note) return;
        told.set(title, state + note);
        stream.write(`${line(title, state, note)}\n`);
      },
      say: (text) => void stream.write(`${text}\n`),
      detail: () => undefined,
      finish: write,
    };
  }
  const moving = new Map<string, { state: StepState; note: string }>();
  let doing = "";
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = (above?: string): void => {
    erase();
    if (above !== undefined) stream.write(`${above}\n`);
    const rows = [...moving].map(([title, { state, note }]) => line(title, state, note));
    const shown = [...rows, ...(doing === "" ? [] : [doing])].slice(0, Math.max(1, stream.rows - 3));
    // A line that wraps could not be erased again.
    for (const row of shown) stream.write(`${truncate(row, stream.columns)}\n`);
    drawn = shown.length;
  };
  const ticking = setInterval(() => draw(), 500).unref();
  return {
    step(title, state, note = "") {
      doing = "";
      if (state === "waiting" || state === "working") {
        moving.set(title, { state, note });
        draw();
      } else {
        moving.delete(title);
        draw(line(title, state, note));
      }
    },
    say(text) {
      doing = "";
      draw(text);
    },
    detail(text) {
      doing = text;
      draw();
    },
    finish(outcome, lines) {
      clearInterval(ticking);
      erase();
      write(outcome, lines);
    },
  };
}

/** Cuts a line to a width; colour codes take no room. */
function truncate(text: string, width: number): string {
  let room = width - 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
  return text.replace(/\x1b\[[0-9;]*m|./gsu, (token) => {
    if (token.startsWith("\x1b")) return token;
    room -= 1;
    return room >= 0 ? token : "";
  });
}
