/** The cards of the payment provider's test mode. A real provider's own form would give a token just like these. */
export const TEST_CARDS = [
  { token: "tok_approve", name: "Approved", text: "Charged at once" },
  { token: "tok_processing_approve", name: "Approved late", text: "The bank decides after a few seconds" },
  { token: "tok_decline", name: "Declined", text: "The bank says no" },
  { token: "tok_insufficient_funds", name: "Not enough money", text: "Declined for lack of funds" },
  { token: "tok_expired_card", name: "Expired", text: "Declined because it is too old" },
  { token: "tok_processing_decline", name: "Declined late", text: "The bank says no after a few seconds" },
] as const;

const DECLINES: Readonly<Record<string, string>> = {
  do_not_honor: "Your bank declined the payment. Nothing was charged. Please choose another card.",
  insufficient_funds:
    "There is not enough money on this card. Nothing was charged. Please choose another card.",
  expired_card: "This card has expired. Nothing was charged. Please choose another card.",
};

/** Why a card was declined, in words for its owner. */
export const declineInWords = (code: unknown): string =>
  (typeof code === "string" ? DECLINES[code] : undefined) ??
  "The card was declined. Nothing was charged. Please choose another card.";
