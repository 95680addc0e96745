import { type Static, Type } from "typebox";
import type { Decision, ProviderCharge, Verdict } from "../provider.ts";

const Nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
const Amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Metadata = Type.Record(Type.String(), Type.String());

/** As much of a PaymentIntent as matters here. */
export const PaymentIntent = Type.Object({
  id: Type.String(),
  status: Type.Enum([
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "canceled",
    "succeeded",
  ]),
  amount: Amount,
  amount_received: Amount,
  currency: Type.String(),
  created: Type.Integer(),
  metadata: Metadata,
  last_payment_error: Nullable(
    Type.Object({ code: Type.Optional(Type.String()), decline_code: Type.Optional(Type.String()) }),
  ),
  /** An id, unless the request asked for the whole. */
  latest_charge: Nullable(Type.Union([Type.String(), Type.Object({ amount_refunded: Amount })])),
});
export type PaymentIntent = Static<typeof PaymentIntent>;

export const Refund = Type.Object({
  id: Type.String(),
  status: Nullable(Type.String()),
  amount: Amount,
  currency: Type.String(),
  created: Type.Integer(),
  metadata: Metadata,
  failure_reason: Type.Optional(Type.String()),
});
export type Refund = Static<typeof Refund>;

/** Where we keep our ids in Stripe's objects. */
export const PAYMENT_ID = "payment_id";
export const OPERATION_ID = "operation_id";

const declineCode = ({ last_payment_error: error }: PaymentIntent): string =>
  error?.decline_code ?? error?.code ?? "unknown";

/** What a PaymentIntent says about the money that was asked for. */
export function verdictOf(intent: PaymentIntent): Verdict {
  const { id: reference, status } = intent;
  switch (status) {
    case "succeeded":
      return { outcome: "captured", reference, amount: intent.amount_received };
    case "requires_capture":
      return { outcome: "authorised", reference };
    case "processing":
      return { outcome: "processing", reference };
    case "canceled":
      return { outcome: "cancelled" };
    case "requires_payment_method":
      return { outcome: "declined", declineCode: declineCode(intent) };
    // Nobody is there to confirm or act: it was asked for with `error_on_requires_action`.
    case "requires_confirmation":
    case "requires_action":
      return { outcome: "declined", declineCode: "authentication_required" };
  }
}

/** What a PaymentIntent that an event tells of says, where it is a last word. */
export function decisionOf(intent: PaymentIntent): Decision | undefined {
  const verdict = verdictOf(intent);
  return verdict.outcome === "processing" ? undefined : verdict;
}

/** Money of it that was given back; the request must have asked for the whole `latest_charge`. */
export const refundedOf = ({ latest_charge: charge }: PaymentIntent): number =>
  charge !== null && typeof charge === "object" ? charge.amount_refunded : 0;

/** A PaymentIntent for reconciliation. One that is not of this service is known by Stripe's id. */
export function chargeOf(intent: PaymentIntent): ProviderCharge {
  const verdict = verdictOf(intent);
  return {
    paymentId: intent.metadata[PAYMENT_ID] ?? intent.id,
    reference: intent.id,
    state: verdict.outcome,
    declineCode: verdict.outcome === "declined" ? verdict.declineCode : undefined,
    currency: intent.currency.toUpperCase(),
    amount: intent.amount,
    captured: intent.amount_received,
    refunded: refundedOf(intent),
    createdAt: new Date(intent.created * 1000),
  };
}
