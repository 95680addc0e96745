import type { Plot } from "../report/plot.ts";

/** A number that a drill is judged by. */
export interface Check {
  /** What was measured, such as `orders paid twice`. */
  readonly what: string;
  readonly measured: number;
  readonly bound: "≤" | "≥" | "=";
  readonly limit: number;
  /** Unit of both; empty where things are counted. */
  readonly unit: string;
  readonly passed: boolean;
}

/** A number that is told and not judged. */
export interface Figure {
  readonly what: string;
  readonly value: number | string;
  readonly unit: string;
}

/** A number for people: at most one decimal below 100, none above. */
export const readable = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 100
    ? value.toFixed(0)
    : value.toFixed(Math.abs(value) < 10 ? 2 : 1);

/** A check in one line: `✓ writes again after: 4.61 s (≤ 5 s)`. */
export function checkLine({ what, measured, bound, limit, unit, passed }: Check): string {
  const of = (value: number) => [readable(value), unit].filter(Boolean).join(" ");
  return `${passed ? "✓" : "✗"} ${what}: ${of(measured)} (${bound} ${of(limit)})`;
}

/** What a drill found out, as it goes along. */
export class Findings {
  readonly checks: Check[] = [];
  readonly figures: Figure[] = [];
  readonly notes: string[] = [];
  readonly plots: Plot[] = [];
  readonly #onCheck: (check: Check) => void;

  /** @param onCheck Told of each check when it is made. */
  constructor(onCheck: (check: Check) => void = () => {}) {
    this.#onCheck = onCheck;
  }

  /** Judges that something is no more than it may be. What is no number has not been measured, and fails. */
  atMost(what: string, measured: number, limit: number, unit = ""): void {
    this.#check({ what, measured, bound: "≤", limit, unit, passed: measured <= limit });
  }

  /** Judges that something is no less than it has to be. */
  atLeast(what: string, measured: number, limit: number, unit = ""): void {
    this.#check({ what, measured, bound: "≥", limit, unit, passed: measured >= limit });
  }

  /** Judges that something is exactly what it has to be. */
  exactly(what: string, measured: number, limit: number, unit = ""): void {
    this.#check({ what, measured, bound: "=", limit, unit, passed: measured === limit });
  }

  /** Takes down a number that nothing hangs on. */
  figure(what: string, value: number | string, unit = ""): void {
    this.figures.push({ what, value, unit });
  }

  /** Takes down a sentence for whoever reads the report. */
  note(sentence: string): void {
    this.notes.push(sentence);
  }

  plot(plot: Plot): void {
    this.plots.push(plot);
  }

  /** Whether something was judged, and nothing failed. */
  get passed(): boolean {
    return this.checks.length > 0 && this.checks.every((check) => check.passed);
  }

  #check(check: Check): void {
    this.checks.push(check);
    this.#onCheck(check);
  }
}
