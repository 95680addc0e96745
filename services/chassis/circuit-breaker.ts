/** How a {@link CircuitBreaker} opens and closes. */
export interface CircuitBreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** Milliseconds after which one call may try again. */
  readonly cooldownMs: number;
  /** Milliseconds on a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Stops calls to something that keeps failing, so that callers get their answer at once and it can recover. After
 * the cool-down one call is let through; its success lets all of them through again.
 *
 * @example
 * if (!breaker.mayTry()) return fallback;
 * try {
 *   const answer = await call();
 *   breaker.succeeded();
 *   return answer;
 * } catch (error) {
 *   breaker.failed();
 *   throw error;
 * }
 */
export class CircuitBreaker {
  readonly #limit: number;
  readonly #cooldownMs: number;
  readonly #now: () => number;
  #failures = 0;
  #nextTry = 0;

  constructor({ failures, cooldownMs, now = () => performance.now() }: CircuitBreakerOptions) {
    this.#limit = failures;
    this.#cooldownMs = cooldownMs;
    this.#now = now;
  }

  /** Whether calls are being stopped. */
  get open(): boolean {
    return this.#failures >= this.#limit;
  }

  /** Milliseconds until a call may be tried, 0 where it may be now. */
  get waitMs(): number {
    return this.open ? Math.max(0, this.#nextTry - this.#now()) : 0;
  }

  /** Whether this caller may make its call. While it is open, one caller in each cool-down may. */
  mayTry(): boolean {
    if (!this.open) return true;
    if (this.waitMs > 0) return false;
    this.#nextTry = this.#now() + this.#cooldownMs;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures++;
    if (this.open) this.#nextTry = this.#now() + this.#cooldownMs;
  }
}
