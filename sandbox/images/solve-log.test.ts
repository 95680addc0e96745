import { describe, expect, test } from "vitest";
import { SolveLog } from "./solve-log.ts";

const started = "2026-01-01T00:00:00Z";
const vertex = (digest: string, more: object) => JSON.stringify({ vertexes: [{ digest, started, ...more }] });
const output = (digest: string, text: string) =>
  JSON.stringify({ logs: [{ vertex: digest, data: Buffer.from(text).toString("base64") }] });

describe("while it works", () => {
  test("the step that has begun is shown, on one short line", () => {
    const log = new SolveLog();
    const name = `[1/2] RUN apt-get update\n && apt-get install ${"package ".repeat(20)}`;
    expect(log.read(vertex("a", { name }))).toBe("[1/2] RUN apt-get update && apt-get ins…");
    expect(log.read(vertex("a", { name, completed: started }))).toBeUndefined();
  });

  test("what a step says is shown with it", () => {
    const log = new SolveLog();
    log.read(vertex("a", { name: "[1/1] RUN make" }));
    expect(log.read(output("a", "cc one.c\ncc two.c\n"))).toBe("[1/1] RUN make: cc two.c");
  });
});

describe("when it fails", () => {
  test("the failing step is named with its own last lines, not another's", () => {
    const log = new SolveLog();
    log.read(vertex("a", { name: "[1/2] RUN make" }));
    log.read(vertex("b", { name: "[2/2] RUN test" }));
    log.read(output("a", Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join("")));
    log.read(output("b", "all is well\n"));
    log.read(vertex("b", { name: "[2/2] RUN test", error: "Canceled: context canceled" }));
    log.read(vertex("a", { name: "[1/2] RUN make", error: "exit code: 2" }));
    expect(log.failure()).toMatch(/^step "\[1\/2\] RUN make": line 25\n(line \d+\n)+line 39$/);
  });

  test("a step that said nothing is named with its error", () => {
    const log = new SolveLog();
    log.read(vertex("a", { name: "load metadata for debian:12-slim", error: "not found" }));
    expect(log.failure()).toBe('step "load metadata for debian:12-slim": not found');
  });

  test("without a failing step, what BuildKit itself said is left", () => {
    const log = new SolveLog();
    log.read("error: listing workers: connection refused");
    expect(log.failure()).toBe("error: listing workers: connection refused");
  });
});
