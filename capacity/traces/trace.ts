import { integerIn, numberIn, PlanError } from "../error.ts";

/** Load at a time; between two points it is on the line that joins them. */
export interface TracePoint {
  /** Seconds since the trace's begin. */
  readonly second: number;
  readonly ordersPerMinute: number;
}

/** Orders over time, from its first point to its last. */
export interface Trace {
  readonly name: string;
  readonly points: readonly TracePoint[];
}

/** The longest trace, in days. */
const MOST_DAYS = 31;

/**
 * Checks a trace.
 *
 * @param name What messages call it, such as a file's name.
 * @throws {PlanError} where it is empty, has no duration, goes back in time, or holds what is no number of orders.
 * @example traceOf("noon", [{ second: 0, ordersPerMinute: 100 }, { second: 60, ordersPerMinute: 200 }])
 */
export function traceOf(name: string, points: readonly TracePoint[]): Trace {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) {
    throw new PlanError(`${name}: a trace of ${points.length} points has no duration; write two or more`);
  }
  let before = -1;
  for (const [index, { second, ordersPerMinute }] of points.entries()) {
    const place = `${name}, point ${index + 1}`;
    integerIn(`${place}, seconds`, second);
    numberIn(`${place}, orders a minute`, ordersPerMinute);
    if (second <= before) {
      throw new PlanError(
        `${place}: second ${second} is not after ${before}; put the points in order, each at its own second`,
      );
    }
    before = second;
  }
  if (first.second !== 0) {
    throw new PlanError(`${name}, point 1: the trace begins at second ${first.second}; begin it at 0`);
  }
  if (last.second > MOST_DAYS * 86_400) {
    throw new PlanError(
      `${name}: ${last.second} seconds are more than ${MOST_DAYS} days; plan a shorter time`,
    );
  }
  return { name, points };
}

/** Orders a second, second by second. */
export function ordersPerSecond({ points }: Trace): Float64Array {
  const orders = new Float64Array(points.at(-1)?.second ?? 0);
  for (const [index, to] of points.entries()) {
    const from = points[index - 1];
    if (from === undefined) continue;
    const slope = (to.ordersPerMinute - from.ordersPerMinute) / (to.second - from.second);
    for (let second = from.second; second < to.second; second += 1) {
      orders[second] = (from.ordersPerMinute + slope * (second - from.second)) / 60;
    }
  }
  return orders;
}

/** The most orders a minute. */
export const peakOf = ({ points }: Trace): number =>
  points.reduce((most, { ordersPerMinute }) => Math.max(most, ordersPerMinute), 0);
