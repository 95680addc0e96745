import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApiClient, ApiRequest } from "../api/client.ts";
import { NoAnswerError } from "../api/errors.ts";
import { afterOrder, CartStore } from "./cart.ts";

/** A cart service that keeps quantities, and answers later as a network does. */
class Carts {
  readonly lines = new Map<string, number>();
  readonly sent: ApiRequest[] = [];
  atOnce = 0;
  isReachable = true;

  readonly api: ApiClient = async <T>(request: ApiRequest): Promise<T> => {
    this.atOnce++;
    this.sent.push(request);
    await Promise.resolve();
    expect(this.atOnce, "changes are sent one after the other").toBe(1);
    this.atOnce--;
    if (!this.isReachable) throw new NoAnswerError("away");
    const sku = request.path.split("/").at(-1) ?? "";
    if (request.method === "DELETE") this.lines.delete(sku);
    if (request.method === "PUT") {
      const { quantity } = request.body as { quantity: number };
      this.lines.set(sku, quantity);
    }
    const lines = [...this.lines].map(([sku, quantity]) => ({ sku, quantity }));
    return { lines, orderable: true } as T;
  };
}

describe("the cart", () => {
  test("adds to what is in it, even where it was never read", async () => {
    const carts = new Carts();
    carts.lines.set("LAMP", 2);
    const cart = new CartStore(carts.api);
    await Promise.all([cart.add("LAMP", 1), cart.add("LAMP", 3), cart.add("MUG", 1)]);
    expect(Object.fromEntries(carts.lines)).toEqual({ LAMP: 6, MUG: 1 });
    expect(cart.pieces.value).toBe(7);
    expect(cart.isBusy.value).toBe(false);
  });

  test("holds no more of a kind than an order takes", async () => {
    const carts = new Carts();
    const cart = new CartStore(carts.api);
    await cart.add("LAMP", 999);
    await cart.add("LAMP", 999);
    expect(carts.lines.get("LAMP")).toBe(1000);
  });

  test("goes on after a change that failed, and shows what it had", async () => {
    const carts = new Carts();
    const cart = new CartStore(carts.api);
    await cart.add("LAMP", 1);
    carts.isReachable = false;
    await expect(cart.setQuantity("LAMP", 5)).rejects.toThrow(NoAnswerError);
    await cart.load();
    expect(cart.problem.value).toBeInstanceOf(NoAnswerError);
    expect(cart.pieces.value).toBe(1);
    carts.isReachable = true;
    await cart.setQuantity("LAMP", 0);
    expect(cart.pieces.value).toBe(0);
    expect(cart.problem.value).toBeUndefined();
  });

  test("after an order has what was put in since", async () => {
    const carts = new Carts();
    const cart = new CartStore(carts.api);
    await cart.add("LAMP", 3);
    await cart.add("MUG", 1);
    carts.lines.set("VASE", 1);
    await cart.removeOrdered([
      { sku: "LAMP", quantity: 2 },
      { sku: "MUG", quantity: 1 },
      { sku: "GONE", quantity: 1 },
    ]);
    expect(Object.fromEntries(carts.lines)).toEqual({ LAMP: 1, VASE: 1 });
  });
});

test("what is left after an order is never negative, and nothing else changes", () => {
  const lines = fc.uniqueArray(
    fc.record({ sku: fc.constantFrom("A", "B", "C", "D"), quantity: fc.integer({ min: 1, max: 9 }) }),
    {
      selector: ({ sku }) => sku,
    },
  );
  fc.assert(
    fc.property(lines, lines, (inCart, ordered) => {
      for (const { sku, quantity } of afterOrder(inCart, ordered)) {
        const before = inCart.find((line) => line.sku === sku)?.quantity ?? Number.NaN;
        const wanted = ordered.find((line) => line.sku === sku)?.quantity ?? Number.NaN;
        expect(quantity).toBe(Math.max(0, before - wanted));
      }
    }),
  );
});
