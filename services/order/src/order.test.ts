import { expect, test } from "vitest";
import { ORDER_STATES, type OrderState } from "../../contracts/order-api.ts";
import { MOVES } from "./order.ts";

/** Where an order may stay for ever. */
const ENDS: readonly OrderState[] = ["delivered", "cancelled", "refunded", "rejected"];

test("the moves of an order lead from everywhere to an end", () => {
  const reached = (from: OrderState): Set<OrderState> => {
    const found = new Set<OrderState>([from]);
    for (const state of found) for (const next of MOVES[state]) found.add(next);
    return found;
  };
  for (const state of ORDER_STATES) expect(ENDS.some((end) => reached(state).has(end))).toBe(true);
});

test("nothing moves an order whose money is all back, and nothing pays one that was given up", () => {
  for (const end of ["cancelled", "refunded", "rejected"] as const) expect(MOVES[end]).toEqual([]);
  expect(MOVES.compensating).toEqual(["rejected"]);
});
