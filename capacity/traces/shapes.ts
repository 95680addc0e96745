/** Loads as shops know them. Each reaches the orders a minute that it is made for, and not more. */

import { numberIn } from "../error.ts";
import { type Trace, type TracePoint, traceOf } from "./trace.ts";

/** The shapes there are. */
export const SHAPES = ["daily", "flash-sale", "step"] as const;
export type Shape = (typeof SHAPES)[number];

const MINUTE = 60;
const HOUR = 3600;

/**
 * A load of a known shape.
 *
 * @param peak The most orders a minute.
 * @throws {PlanError} for a peak that is not above 0.
 * @example shapedTrace("daily", 1_000)
 */
export function shapedTrace(shape: Shape, peak: number): Trace {
  numberIn("orders a minute", peak, { above: 0 });
  const points = MAKE[shape].map(({ second, share }) => ({ second, ordersPerMinute: peak * share }));
  return traceOf(shape, points);
}

interface Share {
  readonly second: TracePoint["second"];
  /** Share of the peak. */
  readonly share: number;
}

/** Share of the peak at each full hour of a day, from midnight: quiet before dawn, busy at noon, busiest at eight. */
const HOURS = [
  0.3, 0.19, 0.13, 0.1, 0.1, 0.12, 0.18, 0.28, 0.4, 0.5, 0.58, 0.64, 0.7, 0.66, 0.62, 0.62, 0.66, 0.74, 0.86,
  0.96, 1, 0.92, 0.7, 0.46, 0.3,
];

const MAKE: Readonly<Record<Shape, readonly Share[]>> = {
  daily: HOURS.map((share, hour) => ({ second: hour * HOUR, share })),
  // Half an hour as ever, then ten times as much within ten seconds, half of it gone every ten minutes.
  "flash-sale": [
    { second: 0, share: 0.1 },
    { second: 30 * MINUTE, share: 0.1 },
    ...Array.from({ length: 91 }, (_, minute) => ({
      second: 30 * MINUTE + 10 + minute * MINUTE,
      share: Math.max(0.1, 0.5 ** (minute / 10)),
    })),
  ],
  step: [
    { second: 0, share: 0.1 },
    { second: 10 * MINUTE, share: 0.1 },
    { second: 10 * MINUTE + 1, share: 1 },
    { second: 40 * MINUTE, share: 1 },
    { second: 40 * MINUTE + 1, share: 0.1 },
    { second: 60 * MINUTE, share: 0.1 },
  ],
};
