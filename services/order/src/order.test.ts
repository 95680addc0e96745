import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_LINES } from "../../contracts/catalog-api.ts";
import { ORDER_STATES } from "../../contracts/order-api.ts";
import { MOVES, orderTotal } from "./order.ts";

describe("the total", () => {
  const line = fc.record({
    quantity: fc.integer({ min: 1, max: 1000 }),
    unitPrice: fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
  });

  test("is exact to the last cent, or refused", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: MAX_LINES }), (lines) => {
        const exact = lines.reduce(
          (sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice),
          0n,
        );
        if (exact > 0n && exact <= BigInt(Number.MAX_SAFE_INTEGER)) {
          expect(BigInt(orderTotal(lines))).toBe(exact);
        } else {
          expect(() => orderTotal(lines)).toThrow(expect.objectContaining({ status: 422 }));
        }
      }),
    );
  });

  test("of goods that cost nothing is refused", () => {
    expect(() => orderTotal([{ quantity: 3, unitPrice: 0 }])).toThrow(/nothing to pay/);
  });
});

describe("the moves of an order", () => {
  test("lead from everywhere to an end, and from an end nowhere", () => {
    const reaches = (from: (typeof ORDER_STATES)[number]): Set<string> =>
      new Set(MOVES[from].flatMap((to) => [to, ...reaches(to)]));
    for (const state of ORDER_STATES) {
      const isEnd = state === "paid" || state === "rejected";
      expect(reaches(state).has("rejected") || reaches(state).has("paid")).toBe(!isEnd);
    }
  });
});
