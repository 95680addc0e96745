import { outboxRow, type Queryable, storeEvent } from "../../chassis/index.ts";
import { paymentSettled } from "../../contracts/payment-events.ts";
import { bookEntries, captureEntries, type Entry } from "./ledger.ts";
import { planReturn } from "./operations.ts";
import { lockPayment, movePayment, type PaymentMove, type PaymentRow } from "./payment.ts";
import type { Decision } from "./provider.ts";

/** What the provider's word makes of a payment. */
export interface Settlement extends PaymentMove {
  readonly entries: readonly Entry[];
  /** Whether the payment was voided meanwhile, so that what the provider took or holds goes back. */
  readonly late: boolean;
}

/** The provider's word cannot be about this payment: it took more than was asked for, or nothing. */
export class ImpossibleDecisionError extends Error {
  override readonly name = "ImpossibleDecisionError";
}

/**
 * What the provider's word makes of a payment.
 *
 * @returns undefined where it is no news: the payment was settled before, and a later word about the same
 * authorisation changes nothing, in whatever order they come.
 * @throws {ImpossibleDecisionError} when it cannot be true; nobody may then guess what is.
 */
export function settlement(
  { id, state, amount, captured }: Pick<PaymentRow, "id" | "state" | "amount" | "captured">,
  decision: Decision,
): Settlement | undefined {
  const late = state === "voided" && captured === 0;
  if (state !== "pending" && !late) return undefined;
  const nothing = { captured: 0, refunded: 0, entries: [], late };
  switch (decision.outcome) {
    case "captured": {
      const { amount: taken, reference } = decision;
      if (taken > amount || taken <= 0) {
        throw new ImpossibleDecisionError(`the provider took ${taken} for payment ${id} of ${amount}`);
      }
      const entries = captureEntries(taken);
      return { ...nothing, state: late ? "voided" : "captured", captured: taken, reference, entries };
    }
    case "authorised":
      return { ...nothing, state: late ? "voided" : "authorised", reference: decision.reference };
    case "declined":
      return late ? undefined : { ...nothing, state: "declined", declineCode: decision.declineCode };
    case "cancelled":
      return late ? undefined : { ...nothing, state: "voided" };
  }
}

/**
 * Stores the provider's word about a payment, tells the others, and plans the return of what came too late.
 *
 * @returns What the payment is now and whether something is to be returned; undefined where it was no news, or
 * there is no such payment.
 */
export async function settle(
  transaction: Queryable,
  paymentId: string,
  decision: Decision,
): Promise<{ readonly payment: PaymentRow; readonly late: boolean } | undefined> {
  const before = await lockPayment(transaction, paymentId);
  const result = before && settlement(before, decision);
  if (before === undefined || result === undefined) return undefined;
  const payment = await movePayment(transaction, before, result);
  await bookEntries(transaction, payment.id, payment, result.entries);
  const { state } = payment;
  if (result.late) await planReturn(transaction, payment.id, payment.captured);
  else if (state !== "pending" && state !== "refunded") {
    const event = { paymentId: payment.id, orderId: payment.order_id, state };
    await storeEvent(transaction, outboxRow(paymentSettled, payment.order_id, event));
  }
  return { payment, late: result.late };
}
