/** Load at a constant arrival rate: requests begin when they are due, however slow the answers are. */

/** One request and what came of it. */
export interface Sample {
  /** Milliseconds from the start of the load to when the request was due. */
  readonly due: number;
  /** Milliseconds from when it was due to the end of its answer. */
  readonly latency: number;
  /** How it ended, such as `201`, or the error's name. */
  readonly outcome: string;
}

/** What came of a run. */
export interface Arrivals {
  /** In the order in which they were due. */
  readonly samples: readonly Sample[];
  /** Milliseconds from when each request was due to the end of its answer, in ascending order. */
  readonly latencies: readonly number[];
  /** How many requests ended how. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Seconds from the first request's due time to the last answer. */
  readonly seconds: number;
}

/** A load that runs until it is stopped. */
export interface Load {
  /** Milliseconds since its start. */
  readonly now: () => number;
  /** Requests that were answered so far. */
  readonly answered: () => number;
  /** Sends no more, and waits for the answers that are still to come. */
  readonly stop: () => Promise<Arrivals>;
}

/**
 * Sends `rate` requests a second until it is stopped. Latencies count from the moment a request was due, so that a stall
 * is seen by every request that it delayed (no coordinated omission).
 *
 * @param send Sends one request and tells how it ended.
 * @param last Requests at the most. Default: without an end.
 */
export function startLoad(
  rate: number,
  send: (index: number) => Promise<string>,
  last = Number.POSITIVE_INFINITY,
): Load {
  const start = performance.now();
  const samples: Sample[] = [];
  const under = new Set<Promise<void>>();
  let stopped = false;
  const one = async (index: number) => {
    const due = (index / rate) * 1000;
    const outcome = await send(index).catch((error: unknown) =>
      error instanceof Error ? error.name : "error",
    );
    samples.push({ due, latency: performance.now() - start - due, outcome });
  };
  const sending = (async () => {
    for (let sent = 0; sent < last && !stopped; ) {
      const due = Math.min(last, Math.floor(((performance.now() - start) / 1000) * rate) + 1);
      while (sent < due) {
        const request = one(sent++);
        under.add(request);
        void request.then(() => under.delete(request));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(under);
    return arrivalsOf(samples, (performance.now() - start) / 1000);
  })();
  return {
    now: () => performance.now() - start,
    answered: () => samples.length,
    stop() {
      stopped = true;
      return sending;
    },
  };
}

/** Sends `rate` requests a second for `seconds`, as {@link startLoad} does, and waits for all answers. */
export async function arriveAt(
  rate: number,
  seconds: number,
  send: (index: number) => Promise<string>,
): Promise<Arrivals> {
  const total = Math.round(rate * seconds);
  let left = total;
  let allSent = () => {};
  const everySent = new Promise<void>((resolve) => {
    allSent = resolve;
  });
  const load = startLoad(
    rate,
    (index) => {
      left -= 1;
      if (left === 0) allSent();
      return send(index);
    },
    total,
  );
  if (total > 0) await everySent;
  return load.stop();
}

/** Sorts samples and sums them up. */
export function arrivalsOf(samples: readonly Sample[], seconds: number): Arrivals {
  const outcomes = new Map<string, number>();
  for (const { outcome } of samples) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return {
    samples: samples.toSorted((a, b) => a.due - b.due),
    latencies: samples.map(({ latency }) => latency).sort((a, b) => a - b),
    outcomes,
    seconds,
  };
}
