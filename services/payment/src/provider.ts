import { Problem } from "../../chassis/index.ts";

/** The provider's last word about an authorisation. */
export type Decision =
  | { readonly outcome: "authorised"; readonly reference: string }
  | { readonly outcome: "captured"; readonly reference: string; readonly amount: number }
  | { readonly outcome: "declined"; readonly declineCode: string }
  | { readonly outcome: "cancelled" };

/** What the provider says when it is asked for money: its last word, or that this will come later. */
export type Verdict = Decision | { readonly outcome: "processing"; readonly reference: string };

/** What became of a cancellation. */
export interface Cancellation {
  /** Money that the provider had taken by then, in minor units; it gave all of it back. */
  readonly taken: number;
  /** Whether it has not yet decided, so that it may still take money; its word comes by webhook. */
  readonly undecided: boolean;
}

/** An event that the provider tells of by webhook, as far as it matters here. */
export interface ProviderEvent {
  readonly id: string;
  /** Our id of the payment. */
  readonly paymentId: string;
  readonly decision: Decision;
}

/** A charge as the provider has it. */
export interface ProviderCharge {
  /** Our id of the payment. */
  readonly paymentId: string;
  readonly reference: string;
  readonly state: "processing" | Decision["outcome"];
  readonly declineCode: string | undefined;
  readonly currency: string;
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
  readonly createdAt: Date;
}

/** Money that the provider gave back. */
export interface ProviderRefund {
  /** Our id of the operation that asked for it. */
  readonly operationId: string;
  readonly currency: string;
  readonly amount: number;
  readonly createdAt: Date;
}

/** How a provider proves that a webhook is its own, and what it tells. */
export interface Webhooks {
  /** Name of the header that carries the signature, in lower case. */
  readonly signatureHeader: string;
  readonly secret: string;
  /**
   * Reads an event.
   *
   * @returns undefined for one that is of no concern here.
   * @throws {ContractError} when it is not what the provider documents.
   */
  readonly read: (event: unknown) => ProviderEvent | undefined;
}

/**
 * Whoever moves the money. Each request carries a key of ours by which the provider recognises a repetition, so
 * that asking again after a crash or a timeout never moves money twice.
 */
export interface PaymentProvider {
  /** Last part of its webhook's path. */
  readonly name: string;
  readonly webhooks: Webhooks;
  /** Holds an amount on a card, or takes it at once where `capture` is set. The key is the payment's id. */
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
  /** Takes held money; what is not taken is let go. */
  capture(request: Transfer, signal: AbortSignal): Promise<void>;
  /**
   * Lets go of whatever came of a payment's authorisation: a hold, or money of which we never heard that it was
   * taken. One that the provider has not yet decided cannot be cancelled.
   */
  cancel(
    request: {
      readonly key: string;
      readonly paymentId: string;
      /** Where it is not known the provider finds it by the payment's id. */
      readonly reference: string | undefined;
      /** When the payment was asked for the first and the last time. */
      readonly asked: { readonly first: Date; readonly last: Date };
    },
    signal: AbortSignal,
  ): Promise<Cancellation>;
  /** Gives taken money back. */
  refund(request: Transfer, signal: AbortSignal): Promise<void>;
  /** The charges that it was asked for since then, however they ended. */
  charges(since: Date): AsyncIterable<ProviderCharge>;
  /** The refunds that it was asked for since then. */
  refunds(since: Date): AsyncIterable<ProviderRefund>;
}

/**
 * Providers remember keys for a day (Stripe: 24 hours at least). A request that is repeated later than so many
 * milliseconds might move money again, so it is not: the provider is asked first what it did.
 */
const KEY_LIFETIME = 23 * 3_600_000;

/** Whether a request that was first made then may still be repeated with its key. */
export const isRepeatable = (since: Date): boolean => Date.now() - since.getTime() < KEY_LIFETIME;

/** Money to be moved, once a key. */
export interface Transfer {
  /** Our id of the operation. */
  readonly key: string;
  /** The provider's name for the authorisation. */
  readonly reference: string;
  readonly amount: number;
  /** Whether the provider may have forgotten the key, so that it must look for what it did with it before. */
  readonly forgotten: boolean;
}

/** The provider refuses what it was asked for, and would again. */
export class RefusedByProviderError extends Error {
  override readonly name = "RefusedByProviderError";
  /** The provider's word for the reason, such as `charge_already_refunded`. */
  readonly code: string;

  constructor(code: string) {
    super(`the payment provider refuses: ${code}`);
    this.code = code;
  }
}

/** The provider could not do what it was asked for this time; the same request may succeed later. */
export class ProviderAwayError extends Error {
  override readonly name = "ProviderAwayError";
}

/**
 * Asks the provider and gives up after `milliseconds`. What became of the request is then unknown: the same
 * request may be sent again.
 *
 * @throws {Problem} 504 when there is no answer in time, or none that decides anything.
 */
export async function askProvider<T>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return await ask(signal);
  } catch (error) {
    if (!signal.aborted && !(error instanceof ProviderAwayError)) throw error;
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
