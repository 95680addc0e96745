import { describe, expect, test } from "vitest";
import { SHIPMENT_STATES } from "../../../contracts/logistics-api.ts";
import { GOODS_RETURN_STATES, ORDER_STATES } from "../../../contracts/order-api.ts";
import { COUNTRIES } from "../../../order/src/rates.ts";
import { declineInWords } from "./cards.ts";
import { CODES } from "./countries.ts";
import {
  areGoodsRefundable,
  isCancellable,
  isRefundable,
  isReturnable,
  lookAgainAfter,
  ORDER_STATE_WORDS,
  RETURN_STATE_WORDS,
  reachedStep,
  SHIPMENT_STATE_WORDS,
} from "./order-states.ts";

const DAY = 86_400_000;
const delivered = "2026-11-01T12:00:00Z";
const order = {
  state: "delivered" as const,
  deliveredAt: delivered,
  lines: [{ sku: "LAMP", quantity: 2, returned: 1 }],
};

test("every state has words for people", () => {
  expect(Object.keys(ORDER_STATE_WORDS).sort()).toEqual([...ORDER_STATES].sort());
  expect(Object.keys(RETURN_STATE_WORDS).sort()).toEqual([...GOODS_RETURN_STATES].sort());
  expect(Object.keys(SHIPMENT_STATE_WORDS).sort()).toEqual([...SHIPMENT_STATES].sort());
});

describe("an order", () => {
  test("is looked at again as long as something happens by itself", () => {
    const still = ORDER_STATES.filter((state) => lookAgainAfter(state) === undefined);
    expect(still).toEqual(["delivered", "cancelled", "refunded", "rejected"]);
  });

  test("can be cancelled while it is paid and not sent", () => {
    expect(ORDER_STATES.filter((state) => isCancellable({ state }))).toEqual(["paid"]);
  });

  test("is refunded by staff once it is paid, as long as money is left, and by its goods once they have left", () => {
    const totals = { goods: 8, shipping: 2, tax: 1, total: 10 };
    const refundable = ORDER_STATES.filter((state) => isRefundable({ state, totals, refunded: 9 }));
    expect(refundable).toEqual(["paid", "shipped", "delivered"]);
    expect(refundable.filter((state) => areGoodsRefundable({ state }))).toEqual(["shipped", "delivered"]);
    expect(isRefundable({ state: "delivered", totals, refunded: 10 })).toBe(false);
  });

  test("can be sent back for 14 days after it arrived, as long as something is left", () => {
    const end = Date.parse(delivered) + 14 * DAY;
    expect(isReturnable(order, end)).toBe(true);
    expect(isReturnable(order, end + 1)).toBe(false);
    expect(isReturnable({ ...order, lines: [{ sku: "LAMP", quantity: 2, returned: 2 }] }, end)).toBe(false);
    const onItsWay = [{ sku: "LAMP", quantity: 2, returned: 1, awaited: 1 }];
    expect(isReturnable({ ...order, lines: onItsWay }, end)).toBe(false);
    expect(isReturnable({ ...order, state: "shipped" }, end)).toBe(false);
  });

  test("goes forward on its way, or has left it", () => {
    expect(ORDER_STATES.map(reachedStep)).toEqual([0, 0, 1, 2, 3, ...Array(5).fill(undefined)]);
  });
});

test("the countries to choose from are those that are shipped to", () => {
  expect([...CODES].sort()).toEqual(Object.keys(COUNTRIES).sort());
});

test("a declined card is explained, whatever the reason", () => {
  for (const code of ["do_not_honor", "insufficient_funds", "expired_card", "unheard_of", undefined]) {
    expect(declineInWords(code)).toMatch(/Nothing was charged/);
  }
});
