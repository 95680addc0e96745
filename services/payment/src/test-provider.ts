import { once } from "node:events";
import type { PaymentProvider } from "./provider.ts";

/** Tokens that are declined, and with which code. */
export const DECLINED_CARDS: Readonly<Record<string, string>> = {
  tok_decline: "do_not_honor",
  tok_insufficient_funds: "insufficient_funds",
  tok_expired_card: "expired_card",
};

/** Token of a card whose authorisation never gets an answer. */
export const TIMEOUT_CARD = "tok_timeout";

/**
 * A provider for development and tests that moves no money. What it says depends on the card token alone, and its
 * references on the key alone, so a repetition gets the same answer, as from a real provider. Every token that
 * is not listed above is approved, such as `tok_approve`.
 */
export const testProvider: PaymentProvider = {
  async authorise({ key, cardToken }, signal) {
    if (cardToken === TIMEOUT_CARD) await neverAnswer(signal);
    const declineCode = DECLINED_CARDS[cardToken];
    if (declineCode !== undefined) return { approved: false, declineCode };
    return { approved: true, reference: `test_${key}` };
  },
  async capture() {},
  async cancel() {},
  async refund() {},
};

async function neverAnswer(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await once(signal, "abort");
  signal.throwIfAborted();
}
