import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { BestEffort } from "../../chassis/best-effort.ts";
import type { Redis } from "../../chassis/index.ts";
import type { ProductQuery } from "../../contracts/catalog-api.ts";

/** A product is re-read after this time even if nobody said that it changed, as when Redis was away just then. */
const PRODUCT_LIFE_MS = 10_000;
/** Pages are not told when stock changes: what they say about it may be this old. */
const PAGE_LIFE_MS = 2000;
const CATEGORIES_LIFE_MS = 10_000;
/**
 * After a change nothing is put into the cache for this long, because a reader that is a little behind could put in
 * what it read before the change. No read takes longer.
 */
const QUARANTINE_MS = 1000;
/** Stands in the cache during the quarantine. */
const QUARANTINED = "";
/** The database answers as fast as a Redis that takes longer than this. */
const DEADLINE_MS = 50;
/** Counts the changes of products. Lists carry the count that they were read at; those of another one are over. */
const EDITION = "edition";

/**
 * Answers of the product API, ready to be sent. Redis may go away at any time: then nothing is found, and the
 * database is asked.
 */
export class ProductCache {
  readonly #redis: Redis;
  readonly #bestEffort: BestEffort;
  /** Changes that are about to be told. */
  #changes: { readonly productIds: Set<string>; readonly told: Promise<void> } | undefined;

  /** @param onMissed Called each time Redis gives no answer. */
  constructor(redis: Redis, onMissed: () => void) {
    this.#redis = redis;
    this.#bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed });
  }

  /** A product's answer as JSON, loaded if it is not here; undefined where `load` finds none. */
  async product(id: string, load: () => Promise<string | undefined>): Promise<string | undefined> {
    const key = productKey(id);
    const cached = await this.#bestEffort.attempt(() => this.#redis.get(key));
    if (cached) return cached;
    const loaded = await load();
    if (loaded !== undefined && cached === null) {
      // Nobody waits for it; what another reader or a quarantine has put there meanwhile stays.
      void this.#bestEffort.attempt(() => this.#redis.set(key, loaded, "PX", PRODUCT_LIFE_MS, "NX"));
    }
    return loaded;
  }

  /** A page's answer as JSON, loaded if it is not here. */
  page(query: ProductQuery, load: () => Promise<string>): Promise<string> {
    const id = createHash("sha256").update(JSON.stringify(query)).digest("base64url");
    return this.#list(`page:${id}`, PAGE_LIFE_MS, load);
  }

  /** The answer with all categories as JSON, loaded if it is not here. */
  categories(load: () => Promise<string>): Promise<string> {
    return this.#list("categories", CATEGORIES_LIFE_MS, load);
  }

  /**
   * To be called after the stock of products was changed for good. What changes at the same moment is told together:
   * under load that is several orders, and each word to Redis costs more than what is in it.
   */
  stockChanged(productIds: readonly string[]): Promise<void> {
    if (productIds.length === 0) return Promise.resolve();
    if (this.#changes === undefined) {
      const gathered = new Set<string>();
      this.#changes = { productIds: gathered, told: this.#tellSoon(gathered) };
    }
    const changes = this.#changes;
    for (const id of productIds) changes.productIds.add(id);
    return changes.told;
  }

  /** To be called after products or categories themselves were changed for good: what lists show is over, too. */
  async edited(productIds: readonly string[] = []): Promise<void> {
    await this.#bestEffort.attempt(() => this.#quarantine(productIds).incr(EDITION).exec());
  }

  async #tellSoon(gathered: ReadonlySet<string>): Promise<void> {
    await setImmediate();
    this.#changes = undefined;
    await this.#bestEffort.attempt(() => this.#quarantine(gathered).exec());
  }

  #quarantine(productIds: Iterable<string>) {
    const pipeline = this.#redis.pipeline();
    for (const id of productIds) pipeline.set(productKey(id), QUARANTINED, "PX", QUARANTINE_MS);
    return pipeline;
  }

  async #list(key: string, lifeMs: number, load: () => Promise<string>): Promise<string> {
    const found = await this.#bestEffort.attempt(() => this.#redis.mget(key, EDITION));
    // The edition is read before the list is: one that comes in between makes what is stored here void.
    const prefix = `${found?.[1] ?? 0}\n`;
    const cached = found?.[0];
    if (cached?.startsWith(prefix)) return cached.slice(prefix.length);
    const loaded = await load();
    if (found !== undefined) {
      void this.#bestEffort.attempt(() => this.#redis.set(key, prefix + loaded, "PX", lifeMs));
    }
    return loaded;
  }
}

const productKey = (id: string) => `product:${id}`;
