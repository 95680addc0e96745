import { statement } from "../../../chassis/index.ts";
import type { Decision, ProviderCharge, Verdict } from "../provider.ts";

/** A charge as the test provider remembers it. */
export interface ChargeRow {
  readonly key: string;
  readonly state: ProviderCharge["state"];
  readonly currency: string;
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
  readonly decline_code: string | null;
  readonly card_token: string;
  readonly capture: boolean;
  readonly created_at: Date;
}

export const CHARGE_COLUMNS = `key, state, currency, amount, captured, refunded, decline_code, card_token, capture,
  created_at`;

/**
 * Remembers a charge. A real provider's disk is not ours to wait for: the log record is written and not flushed.
 * It is not lost for that as long as we know of the charge, as our own commit, later in the same log, flushes both.
 */
export const CHARGE = statement<Pick<ChargeRow, "key">>(
  "test-provider-charge",
  `INSERT INTO test_provider.charges (key, state, currency, amount, captured, decline_code, card_token, capture)
   SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM set_config('synchronous_commit', 'off', true)
   ON CONFLICT (key) DO NOTHING RETURNING key`,
);
export const FIND_CHARGE = statement<ChargeRow>(
  "test-provider-find",
  `SELECT ${CHARGE_COLUMNS} FROM test_provider.charges WHERE key = $1`,
);
export const LOCK_CHARGE = statement<ChargeRow>(
  "test-provider-lock",
  `SELECT ${CHARGE_COLUMNS} FROM test_provider.charges WHERE key = $1 FOR UPDATE`,
);
export const CHANGE_CHARGE = statement<ChargeRow>(
  "test-provider-change",
  `UPDATE test_provider.charges SET state = $2, captured = $3, refunded = $4, decline_code = $5
   WHERE key = $1 RETURNING ${CHARGE_COLUMNS}`,
);
export const LIST_CHARGES = statement<ChargeRow>(
  "test-provider-charges",
  `SELECT ${CHARGE_COLUMNS} FROM test_provider.charges
   WHERE created_at >= $1 AND key > $2 ORDER BY key LIMIT 500`,
);

const REFERENCE_PREFIX = "test_";

/** The provider's name for a charge, and back. */
export const referenceOf = (key: string): string => `${REFERENCE_PREFIX}${key}`;
export const keyOf = (reference: string): string => reference.slice(REFERENCE_PREFIX.length);

/** The provider's word about a charge. */
export function verdictOf({
  key,
  state,
  captured,
  decline_code,
}: Pick<ChargeRow, "key" | "state" | "captured" | "decline_code">): Verdict {
  if (state === "processing") return { outcome: "processing", reference: referenceOf(key) };
  return decisionOf(state, referenceOf(key), captured, decline_code);
}

/** The provider's last word, from its parts. */
export function decisionOf(
  outcome: Decision["outcome"],
  reference: string,
  captured: number,
  declineCode: string | null,
): Decision {
  switch (outcome) {
    case "captured":
      return { outcome, reference, amount: captured };
    case "authorised":
      return { outcome, reference };
    case "declined":
      return { outcome, declineCode: declineCode ?? "unknown" };
    case "cancelled":
      return { outcome };
  }
}
