import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applied, available, type OperationKind } from "./operation-rules.ts";
import type { PaymentRow } from "./payment.ts";

type Money = Pick<PaymentRow, "id" | "state" | "amount" | "captured" | "refunded">;

const kinds: readonly OperationKind[] = ["capture", "void", "refund", "reversal"];
const idle = { moving: 0, ending: 0 };
const operation = fc.record({
  kind: fc.constantFrom(...kinds),
  share: fc.double({ min: 0, max: 1.5, noNaN: true }),
});

test("whatever is asked for, money is neither made nor lost, and the ledger says what the payment says", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.array(operation, { maxLength: 12 }),
      (amount, operations) => {
        let payment: Money = { id: "p", state: "authorised", amount, captured: 0, refunded: 0 };
        let provider = 0;
        for (const { kind, share } of operations) {
          let left: number;
          try {
            left = available(payment, kind, idle);
          } catch {
            continue;
          }
          const asked = kind === "void" || kind === "reversal" ? left : Math.floor(left * share);
          if (asked > left || (asked === 0 && (kind === "capture" || kind === "refund"))) continue;
          const result = applied(payment, kind, asked);
          expect(result).toBeDefined();
          const { entries = [], ...after } = result ?? {};
          expect(entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(0);
          for (const entry of entries) if (entry.account === "provider") provider += entry.amount;
          payment = { ...payment, ...after };
          expect(payment.refunded).toBeLessThanOrEqual(payment.captured);
          expect(payment.captured).toBeLessThanOrEqual(amount);
          expect(provider).toBe(payment.captured - payment.refunded);
        }
      },
    ),
  );
});

test("nothing else may be done while an operation that ends the payment is under way", () => {
  for (const kind of kinds) {
    for (const state of ["authorised", "captured"] as const) {
      const payment: Money = {
        id: "p",
        state,
        amount: 10,
        captured: state === "captured" ? 10 : 0,
        refunded: 0,
      };
      expect(() => available(payment, kind, { moving: 0, ending: 1 })).toThrow();
    }
  }
});

describe("a reversal", () => {
  const captured: Money = { id: "p", state: "captured", amount: 10, captured: 10, refunded: 0 };

  test("waits for refunds under way, which may yet be refused", () => {
    expect(() => available(captured, "reversal", { moving: 3, ending: 0 })).toThrow(/being refunded/);
  });

  test("of money that was taken after the provider was asked asks again", () => {
    expect(applied(captured, "reversal", 0)).toBeUndefined();
    expect(applied(captured, "reversal", 10)).toMatchObject({ state: "refunded", refunded: 10 });
  });

  test("of a card that was declined meanwhile is done, and the payment stays declined", () => {
    const declined: Money = { ...captured, state: "declined", captured: 0 };
    expect(applied(declined, "reversal", 0)).toMatchObject({ state: "declined", captured: 0, entries: [] });
  });

  test("books what the provider took without our knowing of it, both ways", () => {
    const pending: Money = { ...captured, state: "pending", captured: 0 };
    const { entries = [], ...after } = applied(pending, "reversal", 10) ?? {};
    expect(after).toEqual({ state: "voided", captured: 10, refunded: 10 });
    expect(entries.map(({ account, amount }) => [account, amount])).toEqual([
      ["provider", 10],
      ["sales", -10],
      ["refunds", 10],
      ["provider", -10],
    ]);
  });
});
