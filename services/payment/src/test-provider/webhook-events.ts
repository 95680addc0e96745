import { randomUUIDv7 } from "node:crypto";
import { Type } from "typebox";
import { parseAnswer, type Queryable, statement } from "../../../chassis/index.ts";
import type { ProviderEvent } from "../provider.ts";
import type { Card } from "./cards.ts";
import { type ChargeRow, decisionOf, referenceOf } from "./charges.ts";

/** Header of the test provider's signature, which is made as Stripe's. */
export const SIGNATURE_HEADER = "test-provider-signature";

const DECIDED = {
  "charge.captured": "captured",
  "charge.authorised": "authorised",
  "charge.declined": "declined",
} as const;
type DecidedType = keyof typeof DECIDED;
const isDecided = (type: string): type is DecidedType => Object.hasOwn(DECIDED, type);

const AnyEvent = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }), type: Type.String() });
const ChargeEvent = Type.Object({
  data: Type.Object({
    key: Type.String({ format: "uuid" }),
    captured: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    declineCode: Type.Union([Type.String(), Type.Null()]),
  }),
});

const PLAN = statement(
  "test-provider-plan-webhook",
  `INSERT INTO test_provider.webhooks (event_id, charge_key, copies, due_at)
   VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4 / 1000.0))`,
);

/** Stores that a webhook about a charge is to be sent, in the transaction of the charge: a crash loses none. */
export const planWebhook = async (
  transaction: Queryable,
  chargeKey: string,
  { webhooks = 1 }: Card,
  delayMilliseconds: number,
): Promise<void> => {
  await transaction.query(PLAN, [`evt_${randomUUIDv7()}`, chargeKey, webhooks, delayMilliseconds]);
};

/** The event about a charge that is decided, as text. */
export const writeEvent = (id: string, charge: ChargeRow): string =>
  JSON.stringify({
    id,
    type: `charge.${charge.state}`,
    data: {
      key: charge.key,
      reference: referenceOf(charge.key),
      currency: charge.currency,
      amount: charge.amount,
      captured: charge.captured,
      declineCode: charge.decline_code,
    },
  });

/**
 * Reads an event of the test provider.
 *
 * @returns undefined for one that is of no concern.
 * @throws {ContractError} when it is none.
 */
export function readEvent(payload: unknown): ProviderEvent | undefined {
  const answer = { status: 200, body: payload };
  const { id, type } = parseAnswer(AnyEvent, answer);
  if (!isDecided(type)) return undefined;
  const { key, captured, declineCode } = parseAnswer(ChargeEvent, answer).data;
  return { id, paymentId: key, decision: decisionOf(DECIDED[type], referenceOf(key), captured, declineCode) };
}
