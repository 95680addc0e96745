import { type Arrivals, type Load, startLoad } from "./arrivals.ts";

/** A load while something happens, and the clock that both go by. */
export interface RunningLoad extends Pick<Load, "now" | "answered"> {
  /** Seconds since the start of the load. */
  readonly seconds: () => number;
  /** Goes on with the load for so long; rejects after Ctrl-C. */
  readonly goOn: (seconds: number) => Promise<void>;
  /** Goes on with the load until a moment, in seconds from its start. */
  readonly until: (seconds: number) => Promise<void>;
}

/**
 * Sends `rate` requests a second for as long as something else takes.
 *
 * @param work What happens meanwhile. Where it rejects, answers that are still to come are not waited for.
 * @param signal Ends the load at once when it is aborted.
 * @returns What came of the load, once all its answers are there.
 */
export async function underLoad(
  rate: number,
  send: (index: number) => Promise<string>,
  signal: AbortSignal,
  work: (load: RunningLoad) => Promise<void>,
): Promise<Arrivals> {
  const load = startLoad(rate, send);
  const seconds = () => load.now() / 1000;
  const until = async (moment: number): Promise<void> => {
    while (seconds() < moment) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  // Work ends by itself, before anything is put back; but whoever presses Ctrl-C wants the load off at once.
  signal.addEventListener("abort", () => void load.stop(), { once: true });
  try {
    await work({
      now: load.now,
      answered: load.answered,
      seconds,
      until,
      goOn: (more) => until(seconds() + more),
    });
  } catch (error) {
    void load.stop();
    throw error;
  }
  return Promise.race([load.stop(), rejection(signal)]);
}

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
