import type { PaymentRow } from "./payment.ts";
import type { ProviderCharge, ProviderRefund } from "./provider.ts";

/** A payment as our books have it. */
export interface OurPayment
  extends Pick<
    PaymentRow,
    "id" | "state" | "currency" | "amount" | "captured" | "refunded" | "provider_reference" | "created_at"
  > {
  /** What the ledger says that the provider holds of it. */
  readonly ledger: number;
}

/** Money that our ledger says was given back by one operation. */
export interface OurRefund {
  readonly operation_id: string;
  readonly currency: string;
  readonly amount: number;
  readonly booked_at: Date;
}

/** What both sides have of the same time. */
export interface Books {
  readonly payments: readonly OurPayment[];
  readonly refunds: readonly OurRefund[];
}
export interface ProviderBooks {
  readonly charges: readonly ProviderCharge[];
  readonly refunds: readonly ProviderRefund[];
}

/** Something that the two sides do not agree on, or our ledger with our payments. */
export interface Difference {
  readonly what: "charge" | "refund" | "ledger";
  readonly problem: "missing here" | "missing there" | "amount differs" | "state differs";
  /** Our id of the payment or operation; the provider's where we have none. */
  readonly id: string;
  readonly ours: string;
  readonly theirs: string;
}

const NOTHING = "-";
const money = (currency: string, amount: number) => `${amount} ${currency}`;
const showOurs = ({ state, currency, amount, captured, refunded }: OurPayment) =>
  `${state} ${money(currency, amount)}, captured ${captured}, refunded ${refunded}`;
const showTheirs = ({ state, currency, amount, captured, refunded }: ProviderCharge) =>
  `${state} ${money(currency, amount)}, captured ${captured}, refunded ${refunded}`;

/**
 * Compares every charge and refund of both sides.
 *
 * @param since What is only on one side, and older, is no difference: its counterpart may be older still.
 */
export function compare(ours: Books, theirs: ProviderBooks, since: Date): Difference[] {
  return [
    ...compareCharges(ours.payments, theirs.charges, since),
    ...compareRefunds(ours.refunds, theirs.refunds, since),
    ...ours.payments.flatMap(compareLedger),
  ];
}

function compareCharges(
  ours: readonly OurPayment[],
  theirs: readonly ProviderCharge[],
  since: Date,
): Difference[] {
  const charges = new Map(theirs.map((charge) => [charge.paymentId, charge]));
  const known = new Set(ours.map(({ id }) => id));
  const here = ours.flatMap((payment): Difference[] => {
    const charge = charges.get(payment.id);
    if (charge !== undefined) return compareCharge(payment, charge);
    if (payment.created_at < since || !expectsCharge(payment)) return [];
    return [difference("charge", "missing there", payment.id, showOurs(payment), NOTHING)];
  });
  const there = theirs
    .filter((charge) => !known.has(charge.paymentId) && charge.createdAt >= since && holdsMoney(charge))
    .map((charge) => difference("charge", "missing here", charge.paymentId, NOTHING, showTheirs(charge)));
  return [...here, ...there];
}

/** Whether a payment cannot be as it is without a charge. One to which no answer came may never have arrived. */
const expectsCharge = ({ state, captured, provider_reference }: OurPayment): boolean =>
  captured > 0 || state === "authorised" || state === "declined" || provider_reference !== null;

const holdsMoney = ({ state, captured }: ProviderCharge): boolean =>
  captured > 0 || state === "authorised" || state === "processing";

function compareCharge(payment: OurPayment, charge: ProviderCharge): Difference[] {
  const sameMoney =
    payment.currency === charge.currency &&
    payment.amount === charge.amount &&
    payment.captured === charge.captured &&
    payment.refunded === charge.refunded;
  // A charge that was decided has moved money that a pending payment cannot know of: that is its state.
  const problem =
    payment.state === "pending" || sameMoney
      ? statesAgree(payment, charge)
        ? undefined
        : "state differs"
      : "amount differs";
  if (problem === undefined) return [];
  return [difference("charge", problem, payment.id, showOurs(payment), showTheirs(charge))];
}

function statesAgree({ state }: OurPayment, charge: ProviderCharge): boolean {
  switch (state) {
    case "pending":
      return charge.state === "processing";
    case "authorised":
    case "declined":
      return charge.state === state;
    case "captured":
    case "refunded":
      return charge.state === "captured";
    // Nothing is left of it at the provider, or that is not decided yet; amounts are compared before.
    case "voided":
      return charge.state !== "authorised";
  }
}

function compareRefunds(
  ours: readonly OurRefund[],
  theirs: readonly ProviderRefund[],
  since: Date,
): Difference[] {
  const known = new Map(ours.map((refund) => [refund.operation_id, refund]));
  const given = new Map(theirs.map((refund) => [refund.operationId, refund]));
  const show = ({ currency, amount }: OurRefund | ProviderRefund) => money(currency, amount);
  const here = ours.flatMap((our): Difference[] => {
    const their = given.get(our.operation_id);
    if (their === undefined) {
      if (our.booked_at < since) return [];
      return [difference("refund", "missing there", our.operation_id, show(our), NOTHING)];
    }
    if (our.amount === their.amount && our.currency === their.currency) return [];
    return [difference("refund", "amount differs", our.operation_id, show(our), show(their))];
  });
  const there = theirs
    .filter(({ operationId, createdAt }) => !known.has(operationId) && createdAt >= since)
    .map((their) => difference("refund", "missing here", their.operationId, NOTHING, show(their)));
  return [...here, ...there];
}

function compareLedger(payment: OurPayment): Difference[] {
  const held = payment.captured - payment.refunded;
  if (payment.ledger === held) return [];
  const booked = `${money(payment.currency, payment.ledger)} in the ledger`;
  return [difference("ledger", "amount differs", payment.id, booked, money(payment.currency, held))];
}

const difference = (
  what: Difference["what"],
  problem: Difference["problem"],
  id: string,
  ours: string,
  theirs: string,
): Difference => ({ what, problem, id, ours, theirs });
