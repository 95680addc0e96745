/** Prometheus' answers to the dashboards' own queries. */

import type { Value } from "../answers.ts";

/** One series of an answer. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Values by their time in seconds. */
  readonly values: readonly (readonly [number, Value])[];
}

/** Times at which lines have values: from the first to the last, so many seconds apart. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Prometheus did not answer, or not with what was asked for. The message is for people. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
}

/** Asks for an expression's values: over a window, or at one time. */
export type Ask = (expression: string, at: Window | number) => Promise<Series[]>;

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

const DEADLINE_MILLISECONDS = 10_000;

/**
 * Makes what asks a Prometheus.
 *
 * @param origin Such as `http://prometheus:9090`.
 * @param atOnce How many questions are asked at the same time; further ones wait.
 */
export function prometheus(origin: string, atOnce: number): Ask {
  const turn = turns(atOnce);
  return (expression, at) =>
    turn(async () => {
      const instant = typeof at === "number";
      const parameters = instant ? { time: at } : at;
      const body = new URLSearchParams({
        query: expression,
        ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
      });
      const url = `${origin}/api/v1/${instant ? "query" : "query_range"}`;
      const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
      const answer = await fetch(url, { method: "POST", body, signal }).catch((cause: unknown) => {
        throw new PrometheusError("Prometheus does not answer", { cause });
      });
      if (!answer.ok) throw new PrometheusError(`Prometheus answers with status ${answer.status}`);
      const { data }: { data: { result: Result[] } } = JSON.parse(await answer.text());
      return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
        labels: metric,
        values: values.map(([time, text]) => [time, readValue(text)] as const),
      }));
    });
}

/** Has at most so many of its tasks under way at once. */
function turns(atOnce: number) {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Significant digits that are sent: more than any picture shows. */
const DIGITS = 6;

/** A share of nothing is no number, and endless is none that can be drawn. */
function readValue(text: string): Value {
  const value = Number(text);
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}
