import { captureEntries, type Entry, refundEntries } from "./ledger.ts";
import { illegalMove, type PaymentRow, type PaymentState } from "./payment.ts";

/** `return` gives back what the provider took of a payment that was voided before. */
export type OperationKind = "capture" | "void" | "refund" | "reversal" | "return";

/** Operations that are planned and not yet done. */
export interface Pending {
  /** Money that they move. */
  readonly moving: number;
  /** How many of them end a hold or the whole payment: at most one. */
  readonly ending: number;
}

/** The states in which each operation may be planned. */
const ALLOWED: Readonly<Record<OperationKind, readonly PaymentState[]>> = {
  capture: ["authorised"],
  void: ["authorised"],
  refund: ["captured"],
  reversal: ["pending", "authorised", "captured"],
  return: ["voided"],
};

type Money = Pick<PaymentRow, "id" | "state" | "amount" | "captured" | "refunded">;

/**
 * How much money an operation may move: what is held or was taken, less what other operations are moving now.
 *
 * @throws {Problem} 409 when the payment's state, or an operation under way, does not allow this one.
 */
export function available(payment: Money, kind: OperationKind, pending: Pending): number {
  if (!ALLOWED[kind].includes(payment.state)) {
    throw illegalMove(
      `Payment ${payment.id} is ${payment.state}; ${kind} needs ${ALLOWED[kind].join(" or ")}`,
    );
  }
  if (pending.ending > 0) throw illegalMove(`Payment ${payment.id} is being ended by another request`);
  if (kind === "capture") return payment.amount;
  // Whether a refund under way succeeds is not known yet, so neither is what a reversal has to give back.
  if (kind === "reversal" && pending.moving > 0) {
    throw illegalMove(`Payment ${payment.id} is being refunded; repeat the reversal after that`);
  }
  return payment.captured - payment.refunded - pending.moving;
}

/** What a payment is after a move, and the entries of the money that moved. */
export interface Result {
  readonly state: PaymentState;
  readonly captured: number;
  readonly refunded: number;
  readonly entries: readonly Entry[];
}

/**
 * What a payment is after an operation.
 *
 * @param amount Money that the provider took for a capture, else money that it gave back.
 * @returns undefined where the operation is to leave nothing taken and there is more: it was taken after the
 * provider was asked, which must be asked again.
 */
export function applied(
  { state, captured, refunded }: Pick<PaymentRow, "state" | "captured" | "refunded">,
  kind: OperationKind,
  amount: number,
): Result | undefined {
  if (kind === "capture") {
    return { state: "captured", captured: amount, refunded, entries: captureEntries(amount) };
  }
  if (captured === 0) {
    // What the provider took without our knowing of it, it gave back as well.
    const entries = amount > 0 ? [...captureEntries(amount), ...refundEntries(amount)] : [];
    const isOver = state === "declined" && amount === 0;
    return { state: isOver ? state : "voided", captured: amount, refunded: amount, entries };
  }
  const total = refunded + amount;
  if (kind !== "refund" && total < captured) return undefined;
  return {
    state: state === "captured" && total === captured ? "refunded" : state,
    captured,
    refunded: total,
    entries: amount > 0 ? refundEntries(amount) : [],
  };
}
