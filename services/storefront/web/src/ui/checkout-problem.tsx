import { ApiError, inWords, isProblem } from "../api/errors.ts";
import { declineInWords } from "../cards.ts";
import type { CheckoutState } from "../state/checkout.ts";
import { session } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";

/** Why an attempt came to nothing, and what to do about it. The customer was not charged. */
export function CheckoutProblem({ error }: { readonly error: unknown }) {
  return (
    <div class="notice failure" role="alert">
      <p>
        {wordsFor(error)}
        {(isProblem(error, "out-of-stock") || isProblem(error, "unknown-sku")) && (
          <>
            {" "}
            <a href="/cart">Change the cart</a>
          </>
        )}
      </p>
    </div>
  );
}

function wordsFor(error: unknown): string {
  if (isProblem(error, "payment-declined")) return declineInWords(error.extension("declineCode"));
  if (isProblem(error, "out-of-stock")) {
    return "Somebody was faster: there is not enough left of something in your cart. Nothing was charged.";
  }
  if (isProblem(error, "price-changed")) {
    return "The price has changed while you were here. Nothing was charged. Look at the new total, and order if it is right.";
  }
  if (isProblem(error, "unknown-sku"))
    return "Something in your cart is no longer sold. Nothing was charged.";
  if (isProblem(error, "country-not-shipped-to")) return "We do not send parcels to this country.";
  if (isProblem(error, "order-timed-out")) {
    return "The payment took too long, and the goods could not be held any longer. Nothing was charged. Please order again.";
  }
  if (error instanceof ApiError && error.problem.errors !== undefined) {
    return "Something in the form is not as it must be. Please look at the marked fields.";
  }
  return inWords(error);
}

/** No answer came to an order: it may exist, so all that can be done is to ask for that same order again. */
export function OpenAttempt({
  state,
  isOthers,
  onResume,
  onAbandon,
}: {
  readonly state: Extract<CheckoutState, { step: "unknown" | "placing" }>;
  /** Whether somebody else, or nobody, is logged in now. */
  readonly isOthers: boolean;
  readonly onResume: () => void;
  readonly onAbandon: () => void;
}) {
  const isBusy = state.step === "placing";
  if (isOthers) {
    return (
      <section class="panel">
        <h2>An order was under way</h2>
        <p>
          It was sent before you logged {session.account.value ? "in" : "out"}, and no answer came.{" "}
          {state.attempt.caller === null
            ? "If it was placed, a message is on its way to you."
            : "Log in again to finish it, or look at your orders."}
        </p>
        <p class="actions">
          <a class="button" href="/orders">
            See the orders
          </a>
          <button type="button" class="button quiet" onClick={onAbandon}>
            Begin a new order
          </button>
        </p>
      </section>
    );
  }
  return (
    <section class="panel">
      <h2>{isBusy ? "Asking for your order…" : "No answer yet"}</h2>
      <p aria-live="polite">
        {isBusy
          ? "One moment please."
          : "Your order was sent, but we could not get the answer. Ask again: this is safe, the same order is never placed or charged twice."}
      </p>
      <p class="actions">
        <BusyButton isBusy={isBusy} onClick={onResume}>
          Ask again
        </BusyButton>
      </p>
    </section>
  );
}
