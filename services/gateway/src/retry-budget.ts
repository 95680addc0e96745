/** Retries kept in hand at the most, and at the start: a dying pod may break as many requests at once. */
const MOST = 100;
/** Each request earns a fifth of a retry, so that retries add a fifth to the load in the long run. */
const EARNED = 0.2;

/** Keeps retries from multiplying the load on a service that is in trouble already. */
export class RetryBudget {
  #retries = MOST;

  /** To be called for each request. */
  earn(): void {
    this.#retries = Math.min(MOST, this.#retries + EARNED);
  }

  /** Whether a retry may be made; it is taken from the budget. */
  spend(): boolean {
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }
}
