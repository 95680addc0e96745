import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import type { Cart } from "../../../../contracts/cart-api.ts";
import type { Order, OrderRequest, Quote } from "../../../../contracts/order-api.ts";
import { isProblem } from "../api/errors.ts";
import { fieldErrorsOf } from "../forms.ts";
import { randomKey } from "../random-key.ts";
import { type Attempt, Checkout, type CheckoutState } from "../state/checkout.ts";
import { type Draft, keepDraft, readDraft } from "../state/draft.ts";
import { keepOrderToken, orderTokenOf } from "../state/guest-orders.ts";
import { api, cart, session } from "../state/shop.ts";
import { AddressFields } from "../ui/address-fields.tsx";
import { CheckoutProblem, OpenAttempt } from "../ui/checkout-problem.tsx";
import { CheckoutSummary } from "../ui/checkout-summary.tsx";
import { CardChoice, ShippingChoice } from "../ui/choices.tsx";
import { Failure } from "../ui/failure.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** Sends an attempt and keeps what a guest needs to see the order again. */
async function send({ key, request }: Attempt): Promise<Order> {
  const order = await api<Order>({
    method: "POST",
    path: "/orders",
    body: request,
    headers: { "idempotency-key": key },
  });
  if (order.accessToken !== undefined) keepOrderToken(order.id, order.accessToken);
  return order;
}

const requestOf = (draft: Draft, { lines }: Cart, { totals, currency }: Quote): OrderRequest => ({
  customer: { email: draft.email.trim() },
  shipTo: {
    name: draft.name.trim(),
    street: draft.street.trim(),
    city: draft.city.trim(),
    postalCode: draft.postalCode.trim(),
    country: draft.country,
  },
  shipping: draft.shipping,
  lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
  payment: { token: draft.card },
  agreed: { total: totals.total, currency },
});

/** Where to, how fast, how paid; then the order. */
export function CheckoutPage() {
  useTitle("Checkout");
  const { route } = useLocation();
  const [state, setState] = useState<CheckoutState>({ step: "editing" });
  const [checkout] = useState(
    () => new Checkout({ storage: sessionStorage, send, onState: setState, newKey: randomKey }),
  );
  const account = session.account.value;
  const caller = account?.id ?? null;

  // A reload in the middle of ordering: send the same attempt again, which orders nothing twice.
  useEffect(() => {
    if (!session.isKnown.value) return;
    const { state } = checkout;
    setState(state);
    if (state.step === "unknown" && state.attempt.caller === caller) void checkout.resume();
    void cart.load();
  }, [checkout, caller, session.isKnown.value]);

  const orderId = state.step === "placed" ? state.orderId : undefined;
  useEffect(() => {
    if (state.step !== "placed") return;
    // What remains in the cart is a nuisance at worst; the order counts.
    cart.removeOrdered(state.attempt.request.lines).catch(() => {});
    // A guest's address holds what shows the order again, behind the `#`, which browsers send to nobody.
    const token = orderTokenOf(state.orderId, "");
    route(`/orders/${state.orderId}?placed=true${token === undefined ? "" : `#${token}`}`, true);
  }, [orderId]);

  const content = cart.cart.value;
  if (state.step === "placed") return <p role="status">Your order is placed.</p>;
  if (state.step === "unknown" || (state.step === "placing" && content?.lines.length === 0)) {
    return (
      <>
        <h1>Checkout</h1>
        <OpenAttempt
          state={state}
          isOthers={state.attempt.caller !== caller}
          onResume={() => checkout.resume()}
          onAbandon={() => checkout.abandon()}
        />
      </>
    );
  }
  if (content === undefined) {
    const problem = cart.problem.value;
    return (
      <>
        <h1>Checkout</h1>
        {problem === undefined ? (
          <p role="status">Reading your cart…</p>
        ) : (
          <Failure title="Your cart cannot be read right now" error={problem} onRetry={() => cart.load()} />
        )}
      </>
    );
  }
  if (content.lines.length === 0) {
    return (
      <div class="empty">
        <h1>Checkout</h1>
        <p>Your cart is empty.</p>
        <a class="button" href="/products">
          See all goods
        </a>
      </div>
    );
  }
  return (
    <CheckoutForm
      content={content}
      state={state}
      onPlace={(draft, quote) => checkout.place(requestOf(draft, content, quote), caller)}
    />
  );
}

function CheckoutForm({
  content,
  state,
  onPlace,
}: {
  readonly content: Cart;
  readonly state: CheckoutState;
  readonly onPlace: (draft: Draft, quote: Quote) => Promise<void>;
}) {
  const [draft, setDraft] = useState(readDraft);
  const account = session.account.value;
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    keepDraft(next);
  };
  // Only somebody else changes what is filled in.
  useEffect(() => {
    if (account) change({ email: draft.email || account.email, name: draft.name || account.name });
  }, [account?.id]);

  const wanted = {
    lines: content.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    country: draft.country,
    shipping: draft.shipping,
  };
  const quote = useResource(
    JSON.stringify(wanted),
    (signal) => api<Quote>({ method: "POST", path: "/orders/quotes", body: wanted, signal }),
    { keep: true },
  );
  const isPlacing = state.step === "placing";
  const problem = state.step === "editing" ? state.problem : undefined;
  const errors = fieldErrorsOf(problem);
  // What it costs now is shown beside the words that it costs something else.
  useEffect(() => {
    if (!isProblem(problem, "price-changed")) return;
    quote.reload();
    void cart.load();
  }, [problem]);
  const isNotShippedTo = isProblem(quote.error, "country-not-shipped-to");
  return (
    <>
      <h1>Checkout</h1>
      {!account && (
        <p class="notice">
          <span>
            You can order without an account. <a href="/login?next=/checkout">Log in</a> or{" "}
            <a href="/register?next=/checkout">register</a> to find your orders again and to write reviews.
          </span>
        </p>
      )}
      <form
        class="with-summary"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPlacing && quote.data !== undefined) void onPlace(draft, quote.data);
        }}
      >
        <div class="checkout-steps">
          <AddressFields
            draft={draft}
            errors={isNotShippedTo ? { ...errors, country: "We do not send parcels there." } : errors}
            onChange={change}
          />
          <ShippingChoice value={draft.shipping} onChange={(shipping) => change({ shipping })} />
          <CardChoice value={draft.card} onChange={(card) => change({ card })} />
        </div>
        <CheckoutSummary content={content} quote={quote} isPlacing={isPlacing}>
          {problem !== undefined && <CheckoutProblem error={problem} />}
        </CheckoutSummary>
      </form>
    </>
  );
}
