import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { terminalProgress } from "./terminal.ts";

/** A stream that remembers what was written to it, as a terminal or as a file. */
function stream(terminal?: { columns: number; rows: number }) {
  const written: string[] = [];
  const fake = Object.assign(new PassThrough(), { isTTY: terminal !== undefined, ...terminal });
  fake.write = (text: unknown) => written.push(String(text)) > 0;
  return { stream: fake as unknown as NodeJS.WriteStream, text: () => written.join("") };
}

/** What a terminal shows in the end, given that lines are only ever erased from the bottom. */
function screen(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: cursor codes begin with one.
    const up = /\x1b\[(\d+)A\x1b\[J/g;
    for (const [, count] of line.matchAll(up)) lines.splice(-Number(count));
    lines.push(stripVTControlCharacters(line));
  }
  return lines.filter((line) => line !== "").map((line) => line.replace(/^ *[\d.]+ s {2}/, ""));
}

test("a file gets one line per change, without repetitions", () => {
  const { stream: file, text } = stream();
  const progress = terminalProgress(file);
  progress.step("deployment/order", "working");
  progress.step("deployment/order", "waiting", "0 of 2 ready");
  progress.step("deployment/order", "waiting", "0 of 2 ready");
  progress.detail("compiling");
  progress.step("deployment/order", "ready");
  progress.finish({ ok: true }, ["up"]);
  expect(screen(text())).toEqual([
    "waiting  deployment/order  0 of 2 ready",
    "ready    deployment/order",
    "up",
  ]);
});

test("a terminal keeps what is done and redraws what moves; in the end nothing moves", () => {
  const { stream: terminal, text } = stream({ columns: 80, rows: 24 });
  const progress = terminalProgress(terminal);
  progress.say("[1/1] Building");
  progress.detail("[1/1] Building: 3 s");
  expect(screen(text())).toEqual(["[1/1] Building", "[1/1] Building: 3 s"]);
  progress.step("deployment/order", "waiting", "0 of 2 ready");
  progress.step("deployment/payment", "created");
  progress.step("deployment/order", "waiting", "1 of 2 ready");
  expect(screen(text())).toEqual([
    "[1/1] Building",
    "created  deployment/payment",
    "waiting  deployment/order  1 of 2 ready",
  ]);
  progress.step("deployment/order", "ready");
  progress.finish({ ok: true }, ["up"]);
  expect(screen(text())).toEqual([
    "[1/1] Building",
    "created  deployment/payment",
    "ready    deployment/order",
    "up",
  ]);
});

test("no moving line is wider than the terminal, nor are there more than it has rows", () => {
  const { stream: terminal, text } = stream({ columns: 30, rows: 6 });
  const progress = terminalProgress(terminal);
  for (let index = 0; index < 10; index += 1) progress.step(`deployment/${index}`, "waiting", "x".repeat(50));
  const drawn = stripVTControlCharacters(text()).split("\n");
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(30);
  expect(screen(text())).toHaveLength(3);
  progress.finish({ ok: true }, []);
});
