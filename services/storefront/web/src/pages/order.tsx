import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import type { Order, OrderHistory } from "../../../../contracts/order-api.ts";
import { isProblem } from "../api/errors.ts";
import { countryName } from "../countries.ts";
import { formatMoment } from "../dates.ts";
import { formatMoney } from "../money.ts";
import {
  isCancellable,
  isRefundable,
  isReturnable,
  lookAgainAfter,
  ORDER_STATE_WORDS,
} from "../order-states.ts";
import { isStaff } from "../roles.ts";
import { orderTokenOf } from "../state/guest-orders.ts";
import { api, session } from "../state/shop.ts";
import { CancelOrder } from "../ui/cancel-order.tsx";
import { Failure } from "../ui/failure.tsx";
import { Icon } from "../ui/icon.tsx";
import { OrderProgress } from "../ui/order-progress.tsx";
import { ReturnGoods } from "../ui/return-goods.tsx";
import { ReturnList } from "../ui/return-list.tsx";
import { TotalsList } from "../ui/totals.tsx";
import { usePolling } from "../ui/use-polling.ts";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFoundPage } from "./not-found.tsx";

/** One order: where it is, what it was, and what can still be done about it. Guests see theirs by a token. */
export function OrderPage() {
  const { params } = useRoute();
  const { query } = useLocation();
  const id = params.id ?? "";
  const token = orderTokenOf(id, location.hash);
  const account = session.account.value;
  const headers: Readonly<Record<string, string>> = token === undefined ? {} : { "order-token": token };
  const path = `/orders/${encodeURIComponent(id)}`;
  const { data, error, reload, set } = useResource(`${id} ${account?.id}`, async (signal) => {
    const [order, history] = await Promise.all([
      api<Order>({ path, headers, signal }),
      api<OrderHistory>({ path: `${path}/history`, headers, signal }),
    ]);
    return { order, history };
  });
  usePolling(data && lookAgainAfter(data.order.state), data, reload);
  useTitle("Your order");
  if (error !== undefined && data === undefined) {
    if (!isProblem(error, "unknown-order") && !isProblem(error, "invalid-request")) {
      return <Failure title="This order cannot be shown right now" error={error} onRetry={reload} />;
    }
    if (account) return <NotFoundPage what="This order" />;
    return <LoginFirst />;
  }
  if (data === undefined) return <p role="status">Looking up the order…</p>;
  const changed = (order: Order) => {
    set({ ...data, order });
    reload();
  };
  return (
    <OrderView
      {...data}
      headers={headers}
      wasJustPlaced={query.placed === "true"}
      onChange={changed}
      onReload={reload}
    />
  );
}

const LoginFirst = () => (
  <section class="note-page">
    <h1>Whose order is this?</h1>
    <p>Log in with the account that it was ordered with, or use the link that you got with it.</p>
    <p class="actions">
      <a class="button" href={`/login?next=${encodeURIComponent(location.pathname)}`}>
        Log in
      </a>
    </p>
  </section>
);

function OrderView({
  order,
  history,
  headers,
  wasJustPlaced,
  onChange,
  onReload,
}: {
  readonly order: Order;
  readonly history: OrderHistory;
  readonly headers: Readonly<Record<string, string>>;
  readonly wasJustPlaced: boolean;
  readonly onChange: (order: Order) => void;
  readonly onReload: () => void;
}) {
  const { id, state, shipTo, tracking, totals, currency } = order;
  const words = ORDER_STATE_WORDS[state];
  const [purpose, setPurpose] = useState<"return" | "refund">();
  const staff = isStaff(session.account.value);
  const canReturn = isReturnable(order, Date.now());
  return (
    <article class="order">
      {wasJustPlaced && state !== "rejected" && state !== "compensating" ? (
        <div class="thanks">
          <Icon name="check" />
          <div>
            <h1>Thank you for your order</h1>
            <p>Keep the address of this page: it shows how your order is doing.</p>
          </div>
        </div>
      ) : (
        <h1>{staff ? "Order" : "Your order"}</h1>
      )}
      <p class="muted small">
        Number <span class="code">{id}</span>, {formatMoment(order.createdAt)}
      </p>
      <div class="with-summary">
        <div class="order-main">
          <section class="panel" aria-labelledby="state">
            <h2 id="state" aria-live="polite">
              {words.name}
            </h2>
            <p>{words.text}</p>
            <OrderProgress order={order} history={history} />
            {tracking && (
              <p>
                <a class="button quiet" href={`/tracking/${tracking.trackingNumber}`}>
                  <Icon name="truck" /> Follow the parcel
                </a>
              </p>
            )}
            {isCancellable(order) && <CancelOrder order={order} headers={headers} onChange={onChange} />}
            {canReturn && purpose !== "return" && (
              <button type="button" class="button quiet" onClick={() => setPurpose("return")}>
                {staff ? "Announce a return" : "Send something back"}
              </button>
            )}
            {staff && isRefundable(order) && purpose !== "refund" && (
              <button type="button" class="button quiet" onClick={() => setPurpose("refund")}>
                Give money back
              </button>
            )}
            {state === "delivered" && (
              <p class="muted small">
                Tell others what you think: <ReviewLinks order={order} />
              </p>
            )}
          </section>
          {purpose !== undefined && (
            <ReturnGoods
              key={purpose}
              purpose={purpose}
              order={order}
              headers={headers}
              onCancel={() => setPurpose(undefined)}
              onDone={() => {
                setPurpose(undefined);
                onReload();
              }}
            />
          )}
          {history.returns.length > 0 && (
            <section class="panel" aria-labelledby="returns">
              <h2 id="returns">Goods sent back</h2>
              <ReturnList
                returns={history.returns}
                nameOf={(sku) => order.lines.find((line) => line.sku === sku)?.name}
                headers={headers}
                onChange={onReload}
              />
            </section>
          )}
          {history.refunds.length > 0 && (
            <section class="panel" aria-labelledby="refunds">
              <h2 id="refunds">Money given back</h2>
              <ul class="plain-list">
                {history.refunds
                  .filter(({ amount }) => amount > 0)
                  .map((refund) => (
                    <li key={refund.id}>
                      {formatMoney(refund.amount, refund.currency)}
                      <span class="muted small">
                        {" "}
                        {REFUND_WORDS[refund.state]}, {formatMoment(refund.createdAt)}
                      </span>
                    </li>
                  ))}
              </ul>
            </section>
          )}
        </div>
        <section class="summary panel" aria-labelledby="contents">
          <h2 id="contents">What you ordered</h2>
          <ul class="summary-lines">
            {order.lines.map((line) => (
              <li key={line.sku}>
                <span>
                  {line.quantity} ×{" "}
                  {line.productId === undefined ? (
                    (line.name ?? line.sku)
                  ) : (
                    <a href={`/products/${line.productId}`}>{line.name ?? line.sku}</a>
                  )}
                  {line.returned !== undefined && (
                    <span class="muted small"> ({line.returned} given back)</span>
                  )}
                  {line.awaited !== undefined && (
                    <span class="muted small"> ({line.awaited} on the way back)</span>
                  )}
                </span>
                {line.unitPrice !== undefined && currency !== undefined && (
                  <span>{formatMoney(line.unitPrice * line.quantity, currency)}</span>
                )}
              </li>
            ))}
          </ul>
          {totals !== undefined && currency !== undefined && (
            <TotalsList totals={totals} currency={currency} refunded={order.refunded} />
          )}
          <h3>Sent to</h3>
          {shipTo === undefined ? (
            <p class="muted small">We have forgotten the address, as the order ended long ago.</p>
          ) : (
            <address>
              {shipTo.name}
              <br />
              {shipTo.street}
              <br />
              {shipTo.postalCode} {shipTo.city}
              <br />
              {countryName(shipTo.country)}
            </address>
          )}
        </section>
      </div>
    </article>
  );
}

const REFUND_WORDS = { pending: "on its way", done: "done", failed: "failed" } as const;

const ReviewLinks = ({ order: { lines } }: { readonly order: Order }) => (
  <>
    {lines.map(({ productId, name }, index) =>
      productId === undefined ? null : (
        <span key={productId}>
          {index > 0 && ", "}
          <a href={`/products/${productId}#reviews`}>{name}</a>
        </span>
      ),
    )}
  </>
);
