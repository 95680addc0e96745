import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planRefund, planReturn, type Refundable } from "./refund.ts";

/** An order of a few goods, and some of it back already. */
const goods = fc.array(
  fc.record({ quantity: fc.integer({ min: 1, max: 5 }), unitPrice: fc.integer({ min: 0, max: 5000 }) }),
  { minLength: 1, maxLength: 4 },
);
/** What somebody asks for: a share of the pieces, an amount, or everything. */
const wish = fc.oneof(
  fc.array(fc.record({ index: fc.nat(3), quantity: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  fc.integer({ min: 1, max: 30_000 }),
  fc.constant("everything" as const),
);

interface Account extends Refundable {
  readonly refunded: number;
}

const asRequest = (wished: typeof wish extends fc.Arbitrary<infer T> ? T : never) => {
  if (wished === "everything") return {};
  if (typeof wished === "number") return { amount: wished };
  const lines = new Map(wished.map(({ index, quantity }) => [`SKU-${index}`, quantity]));
  return { lines: [...lines].map(([sku, quantity]) => ({ sku, quantity })) };
};

const apply = (account: Account, { amount, lines }: ReturnType<typeof planRefund>): Account => ({
  refunded: account.refunded + amount,
  left: account.left - amount,
  lines: account.lines.map((line) => ({
    ...line,
    returned: line.returned + (lines.find(({ sku }) => sku === line.sku)?.quantity ?? 0),
  })),
});

const open = (
  lines: readonly { readonly quantity: number; readonly unitPrice: number }[],
  shipping: number,
): Account => {
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, shipping);
  return {
    refunded: 0,
    left: total,
    lines: lines.map((line, index) => ({ ...line, sku: `SKU-${index}`, returned: 0, awaited: 0 })),
  };
};

describe("any refunds of an order in any order", () => {
  test("never give back more than was paid or more pieces than were bought", () => {
    fc.assert(
      fc.property(goods, fc.nat(2000), fc.array(wish, { maxLength: 8 }), (lines, shipping, wishes) => {
        let account = open(lines, shipping);
        const total = account.left;
        for (const wished of wishes) {
          try {
            account = apply(account, planRefund(account, asRequest(wished)));
          } catch (error) {
            expect(error).toMatchObject({ status: 409, slug: "not-refundable" });
          }
          expect(account.refunded + account.left).toBe(total);
          expect(account.left).toBeGreaterThanOrEqual(0);
          for (const { quantity, returned } of account.lines) expect(returned).toBeLessThanOrEqual(quantity);
        }
        if (account.left > 0) account = apply(account, planRefund(account, {}));
        expect(account.refunded).toBe(total);
      }),
    );
  });

  test("by single pieces give back exactly what was paid, shipping with the last one", () => {
    fc.assert(
      fc.property(goods, fc.integer({ min: 1, max: 2000 }), (lines, shipping) => {
        let account = open(lines, shipping);
        const total = account.left;
        for (const { sku, quantity, unitPrice } of account.lines) {
          for (let piece = 0; piece < quantity; piece++) {
            const isLast = sku === account.lines.at(-1)?.sku && piece === quantity - 1;
            if (unitPrice === 0 && !isLast) {
              // Nothing to give back for it: it can only come back together with others.
              return;
            }
            const plan = planRefund(account, { lines: [{ sku, quantity: 1 }] });
            expect(plan.amount).toBe(isLast ? unitPrice + shipping : unitPrice);
            account = apply(account, plan);
          }
        }
        expect(account.refunded).toBe(total);
      }),
    );
  });
});

const order: Refundable = {
  left: 2490,
  lines: [
    { sku: "MUG", quantity: 2, unitPrice: 500, returned: 0, awaited: 0 },
    { sku: "HAT", quantity: 1, unitPrice: 1000, returned: 0, awaited: 0 },
  ],
};

describe("a refund", () => {
  test.each([
    ["everything", {}, 2490, 2],
    ["one piece", { lines: [{ sku: "MUG", quantity: 1 }] }, 500, 1],
    ["an amount", { amount: 100 }, 100, 0],
    ["an amount for a piece", { amount: 100, lines: [{ sku: "HAT", quantity: 1 }] }, 100, 1],
  ])("of %s", (_name, request, amount, lines) => {
    const plan = planRefund(order, request);
    expect(plan.amount).toBe(amount);
    expect(plan.lines).toHaveLength(lines);
  });

  test("of a piece gives back no more than what an earlier one left", () => {
    expect(planRefund({ ...order, left: 300 }, { lines: [{ sku: "MUG", quantity: 1 }] }).amount).toBe(300);
  });

  test.each([
    ["more pieces than were bought", { lines: [{ sku: "MUG", quantity: 3 }] }, { sku: "MUG", left: 2 }],
    ["pieces that are on their way back", { lines: [{ sku: "HAT", quantity: 1 }] }, { sku: "HAT", left: 0 }],
    ["something else", { lines: [{ sku: "CAT", quantity: 1 }] }, { sku: "CAT", left: 0 }],
    ["more money than is left", { amount: 2491 }, { left: 2490 }],
  ])("of %s is refused", (_name, request, extensions) => {
    const account = {
      ...order,
      lines: order.lines.map((line) => ({ ...line, awaited: line.sku === "HAT" ? 1 : 0 })),
    };
    expect(() => planRefund(account, request)).toThrow(expect.objectContaining({ status: 409, extensions }));
  });
});

describe("of an order with a hat on its way back", () => {
  const [mugs, hat] = order.lines;
  const waiting: Refundable = {
    ...order,
    lines: [mugs, hat].flatMap((line) => (line ? [{ ...line, awaited: line.sku === "HAT" ? 1 : 0 }] : [])),
  };

  test("the other pieces are given back, and not the hat's price or shipping", () => {
    expect(planRefund(waiting, {})).toEqual({ amount: 1000, lines: [{ sku: "MUG", quantity: 2 }] });
  });

  test("the hat gives its price back when it is here, and as the last piece everything", () => {
    const lines = [{ sku: "HAT", quantity: 1 }];
    expect(planReturn(order, lines)).toEqual({ amount: 1000, lines });
    const last = order.lines.map((line) => ({ ...line, returned: line.sku === "MUG" ? 2 : 0 }));
    expect(planReturn({ left: 1490, lines: last }, lines).amount).toBe(1490);
    expect(planReturn({ left: 0, lines: last }, lines)).toEqual({ amount: 0, lines });
  });
});
