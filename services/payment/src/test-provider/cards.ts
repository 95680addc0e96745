/** How a card behaves. */
export interface Card {
  /** The provider's decision: a decline code, or undefined for a yes. */
  readonly declineCode?: string;
  /** Whether that comes later, by webhook. */
  readonly late?: boolean;
  /** How often each webhook is sent. Default: once. */
  readonly webhooks?: number;
  /**
   * Whether the answer gets lost: `before` the provider did anything, each time; `after` it did, so that the same
   * request again is answered.
   */
  readonly lost?: "before" | "after";
  /** What happens to its refunds: the first attempt of each fails, or all are refused. */
  readonly refunds?: "fail once" | "refused";
}

/** Card tokens that do not simply pay. Every other one is approved, such as `tok_approve`. */
export const CARDS: ReadonlyMap<string, Card> = new Map<string, Card>([
  ["tok_decline", { declineCode: "do_not_honor" }],
  ["tok_insufficient_funds", { declineCode: "insufficient_funds" }],
  ["tok_expired_card", { declineCode: "expired_card" }],
  ["tok_timeout", { lost: "before" }],
  ["tok_timeout_charged", { lost: "after" }],
  ["tok_processing_approve", { late: true }],
  ["tok_processing_decline", { late: true, declineCode: "do_not_honor" }],
  ["tok_duplicate_webhook", { late: true, webhooks: 2 }],
  ["tok_refund_fails_once", { refunds: "fail once" }],
  ["tok_refund_refused", { refunds: "refused" }],
]);

const ORDINARY: Card = {};

/** How the card with this token behaves. */
export const cardOf = (token: string): Card => CARDS.get(token) ?? ORDINARY;
