import { createHash } from "node:crypto";
import { isRedisAway, type Redis, unavailable } from "../../chassis/index.ts";
import type { CartLine } from "../../contracts/cart-api.ts";
import { MAX_LINES, MAX_QUANTITY } from "../../contracts/catalog-api.ts";
import type { ReplicatedWrites } from "./replicated-writes.ts";
import { MERGE, REMOVE_LINE, SET_LINE } from "./scripts.ts";

/** A cart that nobody changes is forgotten after so many seconds: 30 days. */
export const CART_LIFE_SECONDS = 30 * 24 * 3600;

/**
 * A guest's cart that was changed only once is forgotten after so many seconds: a day. Anybody can make one for the
 * asking, so those that nobody comes back to must not fill the store for weeks.
 */
export const NEW_GUEST_CART_LIFE_SECONDS = 24 * 3600;

/** What is kept of a line; everything else about it is the catalog's word. */
export type StoredLine = Pick<CartLine, "sku" | "quantity">;

/** What a change came to. */
export interface Changed<T> {
  readonly result: T;
  /** Whether a replica has it, too, so that it survives the loss of the primary. */
  readonly replicated: boolean;
}

/** What became of a guest's cart at login. */
export interface Merged {
  /** Whether there was anything in it. */
  readonly moved: boolean;
  /** What found no room. */
  readonly leftOut: readonly StoredLine[];
}

/** Name of somebody's cart in the store. */
export const userCart = (accountId: string): string => `user:${accountId}`;

/**
 * Name of a guest's cart in the store. Whoever knows the token has the cart, so Redis keeps only what a token can be
 * recognised by.
 */
export const guestCart = (token: string): string =>
  `${GUEST}${createHash("sha256").update(token).digest("base64url")}`;

const GUEST = "guest:";

/** How long a cart is kept that is changed for the first time. */
const newCartLife = (cart: string): number =>
  cart.startsWith(GUEST) ? NEW_GUEST_CART_LIFE_SECONDS : CART_LIFE_SECONDS;

/**
 * The carts in Redis. Where Redis cannot be reached every method throws a 503, reading too: a cart that looks empty
 * would be a lie.
 */
export class CartStore {
  readonly #redis: Redis;
  readonly #writes: ReplicatedWrites;

  /** @param redis For reading; `writes` has a connection of its own. */
  constructor(redis: Redis, writes: ReplicatedWrites) {
    this.#redis = redis;
    this.#writes = writes;
  }

  async read(cart: string): Promise<StoredLine[]> {
    const quantities = await reached(() => this.#redis.hgetall(cart));
    return sorted(Object.entries(quantities));
  }

  /** Sets how many of something are in the cart. */
  set(cart: string, line: StoredLine): Promise<Changed<StoredLine[] | "full">> {
    return this.#change(async (redis) => {
      const lines = await setLine(redis, cart, line, false);
      return lines === null ? "full" : readLines(lines);
    });
  }

  /** Sets how many of something are in a cart that there is already. */
  setIfThere(cart: string, line: StoredLine): Promise<Changed<StoredLine[] | "full" | "not there">> {
    return this.#change(async (redis) => {
      const lines = await setLine(redis, cart, line, true);
      if (lines === 0) return "not there";
      return lines === null ? "full" : readLines(lines);
    });
  }

  remove(cart: string, sku: string): Promise<Changed<StoredLine[]>> {
    return this.#change(async (redis) => readLines(await REMOVE_LINE(redis, [cart], sku, CART_LIFE_SECONDS)));
  }

  clear(cart: string): Promise<Changed<StoredLine[]>> {
    return this.#change(async (redis) => {
      await redis.del(cart);
      return [];
    });
  }

  /** Moves everything from one cart to another; done twice, or by two at once, it is moved once. */
  merge(from: string, into: string): Promise<Changed<Merged>> {
    return this.#change(async (redis) => {
      const answer = await MERGE(redis, [into, from], MAX_LINES, MAX_QUANTITY, CART_LIFE_SECONDS);
      if (!Array.isArray(answer)) throw new TypeError("the merge answered no list");
      const [moved, leftOut]: unknown[] = answer;
      return { moved: moved === 1, leftOut: readLines(leftOut) };
    });
  }

  #change<T>(work: (redis: Redis) => Promise<T>): Promise<Changed<T>> {
    return reached(() => this.#writes.run(work));
  }
}

const setLine = (redis: Redis, cart: string, { sku, quantity }: StoredLine, mustBeThere: boolean) => {
  const lives = [newCartLife(cart), CART_LIFE_SECONDS];
  return SET_LINE(redis, [cart], sku, quantity, MAX_LINES, ...lives, mustBeThere ? 1 : 0);
};

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isRedisAway(error) ? unavailable("The cart", error) : error;
  }
}

/** Reads what `HGETALL` answers inside of a script: names and values in turn. */
function readLines(answer: unknown): StoredLine[] {
  if (!Array.isArray(answer)) throw new TypeError("a cart is no list of names and values");
  const pairs: [unknown, unknown][] = [];
  for (let index = 0; index < answer.length; index += 2) pairs.push([answer[index], answer[index + 1]]);
  return sorted(pairs);
}

/** Redis promises no order, so there is one here. */
const sorted = (pairs: readonly (readonly [unknown, unknown])[]): StoredLine[] =>
  pairs
    .map(([sku, quantity]) => ({ sku: String(sku), quantity: Number(quantity) }))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
