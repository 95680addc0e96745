import { Problem } from "../../chassis/index.ts";

/** What the provider says to a request for money. */
export type Verdict =
  | { readonly approved: true; readonly reference: string }
  | { readonly approved: false; readonly declineCode: string };

/**
 * Whoever moves the money. Each request carries a key of ours by which the provider recognises a repetition, so
 * that asking again after a crash or a timeout never moves money twice.
 */
export interface PaymentProvider {
  /** Holds an amount on a card, or takes it at once where `capture` is set. */
  authorise(
    request: {
      readonly key: string;
      readonly amount: number;
      readonly currency: string;
      readonly cardToken: string;
      readonly capture: boolean;
    },
    signal: AbortSignal,
  ): Promise<Verdict>;
  /** Takes held money. */
  capture(
    request: { readonly key: string; readonly reference: string; readonly amount: number },
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Lets go of whatever came of the authorisation with this key: a hold, or money of which we never heard that it
   * was taken.
   */
  cancel(request: { readonly authorisationKey: string }, signal: AbortSignal): Promise<void>;
  /** Gives taken money back. */
  refund(
    request: { readonly key: string; readonly reference: string; readonly amount: number },
    signal: AbortSignal,
  ): Promise<void>;
}

/**
 * Asks the provider and gives up after `milliseconds`. What became of the request is then unknown: the same
 * request may be sent again.
 *
 * @throws {Problem} 504 when there is no answer in time.
 */
export async function askProvider<T>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return await ask(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Problem({
      status: 504,
      slug: "provider-timeout",
      title: "Payment provider timed out",
      detail: `The payment provider gave no answer within ${milliseconds} ms; repeat the request for its outcome`,
      retryAfterSeconds: 2,
      cause: error,
    });
  }
}
