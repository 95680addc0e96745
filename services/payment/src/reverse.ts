import { randomUUIDv7 } from "node:crypto";
import { statement } from "../../chassis/index.ts";
import { FIND_BY_ORDER } from "./authorise.ts";
import { operate, type Till } from "./operations.ts";
import type { PaymentState } from "./payment.ts";

/** Bars an order whose payment was never seen. `XXX` is ISO 4217's code for no currency. */
const BAR = statement<{ id: string }>(
  "payment-bar",
  `INSERT INTO payments (id, order_id, state, currency, amount, capture_at_once, request_hash)
   VALUES ($1, $2, 'voided', 'XXX', 0, false, '')
   ON CONFLICT (order_id) DO NOTHING RETURNING id`,
);

/** There is one reversal a payment. Its key is too short to be a client's. */
const REVERSAL_KEY = "reverse";
const NOTHING_TO_RETURN = new Set<PaymentState>(["declined", "voided", "refunded"]);

/**
 * Makes sure that an order costs nothing, whatever became of its payment, known to the caller or not. A payment
 * that arrives after its reversal is refused.
 *
 * @throws {Problem} 504 when the provider does not answer; the reversal may be repeated until it succeeds.
 */
export async function reverse(till: Till, orderId: string): Promise<void> {
  const barred = await till.database.query(BAR, [randomUUIDv7(), orderId]);
  if (barred.length > 0) return;
  const [payment] = await till.database.query(FIND_BY_ORDER, [orderId]);
  if (payment === undefined || NOTHING_TO_RETURN.has(payment.state)) return;
  await operate(till, { kind: "reversal", paymentId: payment.id, idempotencyKey: REVERSAL_KEY });
}
