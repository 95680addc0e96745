/** Something that is broken on purpose, and how it is put back. */
export interface Debt {
  /** What is put back, such as `the node takes pods again`. */
  readonly what: string;
  /** Puts it back now. Repeatable; does nothing where it was done before. */
  settle(): Promise<void>;
}

/** What could not be put back, and why. */
export interface Unsettled {
  readonly what: string;
  readonly why: string;
}

interface Entry {
  readonly what: string;
  readonly undo: () => Promise<void>;
}

/** Tries for each repair: the API server, too, may be what has just been broken. */
const ATTEMPTS = 5;
/** Milliseconds from one try to the next. */
const PAUSE = 1000;

/** Puts back what a drill breaks, the last thing first, whatever becomes of the drill. */
export class Repairs {
  #open: Entry[] = [];
  readonly #pause: number;

  /** @param pause Milliseconds from one try to the next; changed by tests. */
  constructor(pause = PAUSE) {
    this.#pause = pause;
  }

  /**
   * Takes down how something is put back. To be called before it is broken: who is interrupted in between puts back
   * what is whole, which does no harm.
   *
   * @param undo Must be repeatable.
   */
  owe(what: string, undo: () => Promise<void>): Debt {
    const entry = { what, undo };
    this.#open.push(entry);
    return {
      what,
      settle: async () => {
        if (!this.#open.includes(entry)) return;
        await undo();
        this.#open = this.#open.filter((other) => other !== entry);
      },
    };
  }

  /** Whether nothing is left to put back. */
  get settled(): boolean {
    return this.#open.length === 0;
  }

  /**
   * Puts everything back that was not yet.
   *
   * @param onRepair Told of each repair before it is made.
   * @returns What could not be put back, for a person to see to.
   */
  async settleAll(onRepair: (what: string) => void = () => {}): Promise<Unsettled[]> {
    const entries = this.#open.toReversed();
    this.#open = [];
    const failed = await this.#settle(entries, onRepair);
    // What could not be put back may have needed what was put back after it: the platform itself, say.
    const lost = await this.#settle([...failed.keys()], onRepair);
    return [...lost].map(([{ what }, why]) => ({ what, why }));
  }

  /** Puts entries back, one after the other; gives those that could not be, and why. */
  async #settle(entries: readonly Entry[], onRepair: (what: string) => void): Promise<Map<Entry, string>> {
    const failed = new Map<Entry, string>();
    for (const entry of entries) {
      onRepair(entry.what);
      const why = await this.#tryOften(entry.undo);
      if (why !== undefined) failed.set(entry, why);
    }
    return failed;
  }

  async #tryOften(undo: () => Promise<void>): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await undo();
        return undefined;
      } catch (error) {
        if (attempt === ATTEMPTS) return error instanceof Error ? error.message : String(error);
        await new Promise((resolve) => setTimeout(resolve, this.#pause));
      }
    }
  }
}
