import { Problem } from "../../chassis/index.ts";

/** How much of the machine hashing may take. */
export interface HashQueueOptions {
  /** So many at the same time; each takes the memory and the processor that it is meant to take. */
  readonly concurrency: number;
  /** So many more may wait. */
  readonly waiting: number;
}

const busy = (): Problem =>
  new Problem({
    status: 503,
    slug: "unavailable",
    title: "Temporarily unavailable",
    detail: "Too many people log in at the moment; try the same request again",
    retryAfterSeconds: 2,
  });

/** Runs costly work a few at a time, so that a flood of logins takes neither the pod's memory nor its patience. */
export class HashQueue {
  readonly #options: HashQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: HashQueueOptions) {
    this.#options = options;
  }

  /** How many wait for their turn. */
  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Runs `work` when its turn has come.
   *
   * @throws {Problem} 503 at once, when too many wait already.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.concurrency) {
      if (this.#waiting.length >= this.#options.waiting) throw busy();
      // Whoever ends hands their place over, so that nobody slips in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
