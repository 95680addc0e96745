import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Cart } from "../../../../contracts/cart-api.ts";
import type { ApiClient } from "../api/client.ts";

/** The most pieces of one kind that an order takes. */
export const MAX_QUANTITY = 1000;

/** Some pieces of one kind. */
export interface Wanted {
  readonly sku: string;
  readonly quantity: number;
}

/** The visitor's cart, as the API has it. Changes are sent one after the other; each answer is the whole cart. */
export class CartStore {
  /** Undefined until it was read. */
  readonly cart: ReadonlySignal<Cart | undefined>;
  /** Why it could not be read the last time. */
  readonly problem: ReadonlySignal<unknown>;
  /** Whether a change is on its way. */
  readonly isBusy: ReadonlySignal<boolean>;
  readonly pieces = computed(() => piecesIn(this.cart.value));
  readonly #cart = signal<Cart | undefined>(undefined);
  readonly #problem = signal<unknown>(undefined);
  readonly #pending = signal(0);
  readonly #api: ApiClient;
  #last: Promise<unknown> = Promise.resolve();

  constructor(api: ApiClient) {
    this.#api = api;
    this.cart = this.#cart;
    this.problem = this.#problem;
    this.isBusy = computed(() => this.#pending.value > 0);
  }

  /** Reads it. Failing is no news: {@link problem} says so to who shows it. */
  async load(): Promise<void> {
    await this.#next(async () => {
      try {
        this.#cart.value = await this.#api<Cart>({ path: "/cart" });
        this.#problem.value = undefined;
      } catch (error) {
        this.#problem.value = error;
      }
    });
  }

  /** Puts more of something in. */
  add(sku: string, pieces: number): Promise<void> {
    return this.#next(async () => {
      // What is in there already must be known, or adding would mean replacing.
      this.#cart.value ??= await this.#api<Cart>({ path: "/cart" });
      await this.#put(sku, quantityOf(this.#cart.value, sku) + pieces);
    });
  }

  /** Says how many there shall be; none takes the line out. */
  setQuantity(sku: string, quantity: number): Promise<void> {
    return this.#next(() => this.#put(sku, quantity));
  }

  /** Takes out what was ordered, and leaves what was put in since. */
  removeOrdered(ordered: readonly Wanted[]): Promise<void> {
    return this.#next(async () => {
      const cart = await this.#api<Cart>({ path: "/cart" });
      this.#cart.value = cart;
      for (const { sku, quantity } of afterOrder(cart.lines, ordered)) await this.#put(sku, quantity);
    });
  }

  async #put(sku: string, quantity: number): Promise<void> {
    const path = `/cart/lines/${sku}`;
    const wanted = Math.min(MAX_QUANTITY, quantity);
    this.#cart.value =
      wanted > 0
        ? await this.#api<Cart>({ method: "PUT", path, body: { quantity: wanted } })
        : await this.#api<Cart>({ method: "DELETE", path });
    this.#problem.value = undefined;
  }

  #next(change: () => Promise<void>): Promise<void> {
    this.#pending.value++;
    const done = this.#last.then(change).finally(() => {
      this.#pending.value--;
    });
    // A change that failed must not keep the next one from being sent.
    this.#last = done.catch(() => {});
    return done;
  }
}

const piecesIn = (cart: Cart | undefined) =>
  (cart?.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0);

const quantityOf = (cart: Cart | undefined, sku: string) =>
  cart?.lines.find((line) => line.sku === sku)?.quantity ?? 0;

/**
 * The lines that an order changes, with what is left of each.
 *
 * @example afterOrder([{ sku: "A", quantity: 3 }], [{ sku: "A", quantity: 2 }]) // [{ sku: "A", quantity: 1 }]
 */
export function afterOrder(lines: readonly Wanted[], ordered: readonly Wanted[]): Wanted[] {
  return ordered.flatMap(({ sku, quantity }) => {
    const line = lines.find((candidate) => candidate.sku === sku);
    return line === undefined ? [] : [{ sku, quantity: Math.max(0, line.quantity - quantity) }];
  });
}
