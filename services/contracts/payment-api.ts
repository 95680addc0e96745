import { Type } from "typebox";
import { Currency, MinorUnits } from "./money.ts";

/** An amount that is moved: at least one minor unit. */
export const PositiveMinorUnits = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** The provider's name for a card; card numbers never come here. */
export const CardToken = Type.String({ minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9_-]+$" });

/**
 * `POST /payments/authorisations`: asks the provider for an order's money. At most one payment an order; the same
 * request again is answered the same, another one for the order is refused (422).
 *
 * Answered 201 with the {@link Payment} when the money is held or taken, and 202 with one that is `pending` when the
 * provider decides later: then `payment.settled` tells how, and so does the same request again.
 */
export const AuthorisationRequest = Type.Object(
  {
    orderId: Type.String({ format: "uuid" }),
    amount: PositiveMinorUnits,
    currency: Currency,
    cardToken: CardToken,
    capture: Type.Boolean({ description: "Whether the money is taken at once instead of only held" }),
  },
  { additionalProperties: false },
);

/** `POST /payments/{paymentId}/captures` and `/refunds`: how much; all that is left where it is not said. */
export const AmountRequest = Type.Object(
  { amount: Type.Optional(PositiveMinorUnits) },
  { additionalProperties: false },
);

/**
 * `POST /payments/reversals`: makes sure that an order costs nothing, whatever became of its payment: a hold is
 * voided, taken money is given back, and a payment that was never seen is refused when it arrives late. Idempotent.
 */
export const ReversalRequest = Type.Object(
  { orderId: Type.String({ format: "uuid" }) },
  { additionalProperties: false },
);

export const PAYMENT_STATES = [
  "pending",
  "authorised",
  "captured",
  "declined",
  "voided",
  "refunded",
] as const;

/** A payment as the API shows it. */
export const Payment = Type.Object({
  paymentId: Type.String({ format: "uuid" }),
  orderId: Type.String({ format: "uuid" }),
  state: Type.Enum(PAYMENT_STATES),
  currency: Currency,
  amount: MinorUnits,
  captured: MinorUnits,
  refunded: MinorUnits,
});

/** `GET /payments/{paymentId}/entries`: its bookings; debits are positive, credits negative. */
export const LedgerEntries = Type.Object({
  entries: Type.Array(
    Type.Object({
      transactionId: Type.String({ format: "uuid" }),
      account: Type.Enum(["provider", "sales", "refunds"]),
      currency: Currency,
      amount: Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
      bookedAt: Type.String({ format: "date-time" }),
    }),
  ),
});

/** Kinds of problem that payments are answered with. */
export const PAYMENT_PROBLEMS = {
  /** 402: the provider refuses the card. Extension: `declineCode`. */
  declined: "payment-declined",
  /** 404 */
  unknownPayment: "unknown-payment",
  /** 409: the payment is not in a state that allows it, or less money is left than asked for. */
  illegalMove: "illegal-payment-move",
  /** 409: the provider refuses to capture or refund. Extension: `providerCode`. */
  refusedByProvider: "refused-by-payment-provider",
} as const;
