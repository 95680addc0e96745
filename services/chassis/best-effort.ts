import { CircuitBreaker } from "./circuit-breaker.ts";

/** How long and how often {@link BestEffort} tries. */
export interface BestEffortOptions {
  /** Milliseconds after which an attempt has failed. */
  readonly deadlineMs: number;
  /** So many failures in a row stop the attempts for a while. Default: 5. */
  readonly failures?: number;
  /** Milliseconds without attempts after that. Default: 1000. */
  readonly cooldownMs?: number;
  /** Called each time there is no result, whether it was tried or not; counts it, for instance. */
  readonly onMissed: () => void;
}

/**
 * Runs what a service can do without, such as reading its cache: where it fails, takes too long or has failed too
 * often of late there is no result, soon, and never an error.
 */
export class BestEffort {
  readonly #deadlineMs: number;
  readonly #breaker: CircuitBreaker;
  readonly #onMissed: () => void;

  constructor({ deadlineMs, failures = 5, cooldownMs = 1000, onMissed }: BestEffortOptions) {
    this.#deadlineMs = deadlineMs;
    this.#breaker = new CircuitBreaker({ failures, cooldownMs });
    this.#onMissed = onMissed;
  }

  /** The result of `work`, or undefined where there is none. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#breaker.mayTry()) {
      try {
        const result = await within(this.#deadlineMs, work());
        this.#breaker.succeeded();
        return result;
      } catch {
        this.#breaker.failed();
      }
    }
    this.#onMissed();
    return undefined;
  }
}

const within = <T>(milliseconds: number, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    // Where this process was busy itself, the result may have come in time and only not been read yet: read it first.
    const giveUp = () => setImmediate(reject, new Error(`no result within ${milliseconds} ms`));
    const timer = setTimeout(giveUp, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
