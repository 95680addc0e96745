import { Type } from "typebox";
import { parseAnswer } from "../../../chassis/index.ts";
import type { ProviderEvent } from "../provider.ts";
import { decisionOf, PAYMENT_ID, PaymentIntent } from "./shapes.ts";

/** Header of Stripe's signature. */
export const SIGNATURE_HEADER = "stripe-signature";

const AnyEvent = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }), type: Type.String() });
const IntentEvent = Type.Object({ data: Type.Object({ object: PaymentIntent }) });

/** Events that are Stripe's last word about a PaymentIntent. */
const DECISIVE = new Set([
  "payment_intent.succeeded",
  "payment_intent.amount_capturable_updated",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads an event of Stripe.
 *
 * @returns undefined for one that is of no concern: of another type, or about a payment that is not of this service.
 * @throws {ContractError} when it is none.
 */
export function readEvent(payload: unknown): ProviderEvent | undefined {
  const answer = { status: 200, body: payload };
  const { id, type } = parseAnswer(AnyEvent, answer);
  if (!DECISIVE.has(type)) return undefined;
  const intent = parseAnswer(IntentEvent, answer).data.object;
  const paymentId = intent.metadata[PAYMENT_ID];
  const decision = decisionOf(intent);
  if (paymentId === undefined || !UUID.test(paymentId) || decision === undefined) return undefined;
  return { id, paymentId, decision };
}
