import fc from "fast-check";
import { expect, test } from "vitest";
import type { PaymentState } from "./payment.ts";
import type { Decision } from "./provider.ts";
import { ImpossibleDecisionError, settlement } from "./settlement.ts";

const payment = (state: PaymentState, captured = 0) => ({ id: "p", state, amount: 100, captured });
const decision = fc.oneof(
  fc.record({
    outcome: fc.constant("captured" as const),
    reference: fc.constant("r"),
    amount: fc.integer({ min: 1, max: 100 }),
  }),
  fc.constant<Decision>({ outcome: "authorised", reference: "r" }),
  fc.constant<Decision>({ outcome: "declined", declineCode: "do_not_honor" }),
  fc.constant<Decision>({ outcome: "cancelled" }),
);

test("the first word counts: any later ones, in whatever order, change nothing", () => {
  fc.assert(
    fc.property(fc.array(decision, { minLength: 1 }), ([first, ...others]) => {
      if (first === undefined) return;
      const settled = settlement(payment("pending"), first);
      expect(settled?.entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(0);
      if (settled === undefined || settled.state === "voided") return;
      for (const other of others) {
        expect(settlement(payment(settled.state, settled.captured), other)).toBeUndefined();
      }
    }),
  );
});

test("money that was taken after the order was reversed is booked, and goes back", () => {
  const late = settlement(payment("voided"), { outcome: "captured", reference: "r", amount: 100 });
  expect(late).toMatchObject({ state: "voided", captured: 100, late: true });
  expect(settlement(payment("voided", 100), { outcome: "captured", reference: "r", amount: 100 })).toBe(
    undefined,
  );
  expect(settlement(payment("voided"), { outcome: "declined", declineCode: "x" })).toBeUndefined();
});

test.each([0, -1, 101])("a word that cannot be true books nothing: %i of 100 taken", (amount) => {
  const settle = () => settlement(payment("pending"), { outcome: "captured", reference: "r", amount });
  expect(settle).toThrow(ImpossibleDecisionError);
});
