/** What many samples say, in few numbers. Pure. */

import type { Sample } from "./arrivals.ts";

/** The value below which a share of sorted values lies; NaN where there are none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** A stretch of time and the requests that were due in it. */
export interface Interval {
  /** Seconds from the start of the load to its beginning. */
  readonly at: number;
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sums up samples by when they were due. Stretches in which none was are left out.
 *
 * @param failed Whether a request ended in a way that its sender would call a failure.
 * @param seconds Length of each stretch. Default: 1.
 */
export function timeline(
  samples: readonly Sample[],
  failed: (outcome: string) => boolean,
  seconds = 1,
): Interval[] {
  const buckets = new Map<number, Sample[]>();
  for (const sample of samples) {
    const bucket = Math.floor(sample.due / 1000 / seconds);
    const held = buckets.get(bucket);
    if (held === undefined) buckets.set(bucket, [sample]);
    else held.push(sample);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([bucket, held]) => {
      const latencies = held.map(({ latency }) => latency).sort((a, b) => a - b);
      return {
        at: bucket * seconds,
        requests: held.length,
        failed: held.filter(({ outcome }) => failed(outcome)).length,
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
      };
    });
}

/**
 * Seconds from a moment until everything is well for good: until the end of the last answer that failed, or was slower
 * than `slow` milliseconds, among the requests that were due after it. 0 where there was none.
 *
 * @param since Milliseconds from the start of the load to the moment that something broke.
 */
export function secondsToRecovery(
  samples: readonly Sample[],
  since: number,
  failed: (outcome: string) => boolean,
  slow = Number.POSITIVE_INFINITY,
): number {
  const bad = samples.filter(
    ({ due, latency, outcome }) => due + latency >= since && (failed(outcome) || latency > slow),
  );
  return Math.max(0, ...bad.map(({ due, latency }) => due + latency - since)) / 1000;
}

/**
 * The longest time, in seconds, in which nothing succeeded: from one answer that did to the next one.
 *
 * @param since Milliseconds from the start of the load; what was answered before does not count.
 */
export function longestGap(
  samples: readonly Sample[],
  since: number,
  failed: (outcome: string) => boolean,
): number {
  const ends = samples
    .filter(({ outcome }) => !failed(outcome))
    .map(({ due, latency }) => due + latency)
    .filter((end) => end >= since)
    .sort((a, b) => a - b);
  let longest = 0;
  let last = since;
  for (const end of ends) {
    longest = Math.max(longest, end - last);
    last = end;
  }
  return longest / 1000;
}
