import { CircuitBreaker } from "../../chassis/circuit-breaker.ts";
import type { Redis } from "../../chassis/index.ts";
import type { Changed } from "./cart-store.ts";

/**
 * After so many waits in vain nobody waits for a while: there is no replica, or it hangs. Long enough that the one who
 * tries again, and those behind it, are fewer than one in a hundred.
 */
const BREAKER = { failures: 3, cooldownMs: 10_000 };

/**
 * Writes to Redis, and tells of each write whether a replica has it.
 *
 * `WAIT` asks for everything that its connection wrote before, and holds that connection up until it is answered.
 * So these writes have a connection of their own, and those that end while one `WAIT` is under way share the next.
 */
export class ReplicatedWrites {
  readonly #redis: Redis;
  readonly #timeoutMs: number;
  readonly #breaker = new CircuitBreaker(BREAKER);
  #current: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;
  #connections = 0;

  /**
   * @param redis A connection that nobody else uses.
   * @param timeoutMs How long a replica may take.
   */
  constructor(redis: Redis, timeoutMs: number) {
    this.#redis = redis;
    this.#timeoutMs = timeoutMs;
    redis.on("connect", () => this.#connections++);
  }

  /**
   * Runs `work`, then waits until a replica has what it wrote, though not for long.
   *
   * @throws What `work` throws. That no replica has it is no error.
   */
  async run<T>(work: (redis: Redis) => Promise<T>): Promise<Changed<T>> {
    const connection = this.#connections;
    const result = await work(this.#redis);
    const acknowledged = await this.#acknowledged();
    // Another connection may lead to another server, which knows nothing of this write.
    return { result, replicated: acknowledged && connection === this.#connections };
  }

  #acknowledged(): Promise<boolean> {
    if (this.#current === undefined) return this.#begin();
    this.#next ??= this.#current.then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<boolean> {
    this.#next = undefined;
    const waiting = this.#wait().finally(() => {
      if (this.#current === waiting) this.#current = undefined;
    });
    this.#current = waiting;
    return waiting;
  }

  async #wait(): Promise<boolean> {
    if (!this.#breaker.mayTry()) return false;
    const replicas = await this.#redis.wait(1, this.#timeoutMs).catch(() => 0);
    if (replicas > 0) this.#breaker.succeeded();
    else this.#breaker.failed();
    return replicas > 0;
  }
}
