import { createHash } from "node:crypto";
import { BestEffort } from "../../chassis/best-effort.ts";
import type { Redis } from "../../chassis/index.ts";
import type { ProductQuery } from "./product.ts";

/** A product is re-read after this time even if nobody said that it changed, as when Redis was away just then. */
const PRODUCT_LIFE_MS = 10_000;
/** Pages are not told of changes: what they show, stock included, may be this old. */
const PAGE_LIFE_MS = 2000;
/**
 * After a change nothing is put into the cache for this long, because a reader that is a little behind could put in
 * what it read before the change. No read takes longer.
 */
const QUARANTINE_MS = 1000;
/** Stands in the cache during the quarantine. */
const QUARANTINED = "";
/** The database answers as fast as a Redis that takes longer than this. */
const DEADLINE_MS = 50;

/**
 * Answers of the product API, ready to be sent. Redis may go away at any time: then nothing is found, and the
 * database is asked.
 */
export class ProductCache {
  readonly #redis: Redis;
  readonly #bestEffort: BestEffort;

  /** @param onMissed Called each time Redis gives no answer. */
  constructor(redis: Redis, onMissed: () => void) {
    this.#redis = redis;
    this.#bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed });
  }

  /** A product's answer as JSON, loaded if it is not here; undefined where `load` finds none. */
  product(sku: string, load: () => Promise<string | undefined>): Promise<string | undefined> {
    return this.#through(productKey(sku), PRODUCT_LIFE_MS, load);
  }

  /** A page's answer as JSON, loaded if it is not here. */
  page(query: ProductQuery, load: () => Promise<string>): Promise<string> {
    const id = createHash("sha256").update(JSON.stringify(query)).digest("base64url");
    return this.#through(`page:${id}`, PAGE_LIFE_MS, load);
  }

  /** To be called after products, or their stock, were changed for good. */
  async changed(skus: readonly string[]): Promise<void> {
    if (skus.length === 0) return;
    await this.#bestEffort.attempt(() => {
      const pipeline = this.#redis.pipeline();
      for (const sku of skus) pipeline.set(productKey(sku), QUARANTINED, "PX", QUARANTINE_MS);
      return pipeline.exec();
    });
  }

  async #through<T extends string | undefined>(key: string, lifeMs: number, load: () => Promise<T>) {
    const cached = await this.#bestEffort.attempt(() => this.#redis.get(key));
    if (cached) return cached as NonNullable<T>;
    const loaded = await load();
    if (loaded !== undefined && cached === null) {
      // Nobody waits for it; what another reader or a quarantine has put there meanwhile stays.
      void this.#bestEffort.attempt(() => this.#redis.set(key, loaded, "PX", lifeMs, "NX"));
    }
    return loaded;
  }
}

const productKey = (sku: string) => `product:${sku}`;
