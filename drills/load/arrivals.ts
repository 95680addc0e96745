/** Load at a constant arrival rate: requests begin when they are due, however slow the answers are. */

/** What came of a run. */
export interface Arrivals {
  /** Milliseconds from when each request was due to the end of its answer, in ascending order. */
  readonly latencies: readonly number[];
  /** How many requests ended how, such as `201`, or the error's name. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Seconds from the first request's due time to the last answer. */
  readonly seconds: number;
}

/**
 * Sends `rate` requests a second for `seconds`. Latencies count from the moment a request was due, so that a stall
 * is seen by every request that it delayed (no coordinated omission).
 *
 * @param send Sends one request and tells how it ended.
 */
export async function arriveAt(
  rate: number,
  seconds: number,
  send: (index: number) => Promise<string>,
): Promise<Arrivals> {
  const total = Math.round(rate * seconds);
  const start = performance.now();
  const latencies: number[] = [];
  const outcomes = new Map<string, number>();
  const one = async (index: number) => {
    const due = start + (index / rate) * 1000;
    const outcome = await send(index).catch((error: unknown) =>
      error instanceof Error ? error.name : "error",
    );
    latencies.push(performance.now() - due);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };
  const under: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate) + 1);
    while (sent < due) under.push(one(sent++));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under);
  return {
    latencies: latencies.sort((a, b) => a - b),
    outcomes,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The value below which a share of sorted values lies. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
