import type { ComponentChildren } from "preact";
import type { Cart } from "../../../../contracts/cart-api.ts";
import type { Quote } from "../../../../contracts/order-api.ts";
import { isProblem } from "../api/errors.ts";
import { formatMoney } from "../money.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { TotalsList } from "./totals.tsx";
import type { Resource } from "./use-resource.ts";

/** What is ordered and what it costs, as the shop itself has computed it, beside the one button that orders. */
export function CheckoutSummary({
  content,
  quote,
  isPlacing,
  children,
}: {
  readonly content: Cart;
  readonly quote: Resource<Quote>;
  readonly isPlacing: boolean;
  readonly children: ComponentChildren;
}) {
  const { data, error, isLoading, reload } = quote;
  const isQuoted = data !== undefined && error === undefined && !isLoading;
  return (
    <section class="summary panel" aria-labelledby="summary">
      <h2 id="summary">Your order</h2>
      <ul class="summary-lines">
        {content.lines.map(({ sku, name, quantity, unitPrice }) => (
          <li key={sku}>
            <span>
              {quantity} × {name ?? sku}
            </span>
            {unitPrice !== undefined && content.currency !== undefined && (
              <span>{formatMoney(unitPrice * quantity, content.currency)}</span>
            )}
          </li>
        ))}
      </ul>
      {error !== undefined && !isProblem(error, "country-not-shipped-to") && (
        <Failure title="The price could not be computed" error={error} onRetry={reload} />
      )}
      {data !== undefined && error === undefined && (
        <div class={isLoading ? "stale" : ""} aria-live="polite" aria-busy={isLoading}>
          <TotalsList totals={data.totals} currency={data.currency} taxRate={data.taxRate} />
        </div>
      )}
      {children}
      <BusyButton type="submit" class="wide" isBusy={isPlacing} isDisabled={!isQuoted && !isPlacing}>
        {isPlacing ? "Ordering…" : "Order and pay"}
      </BusyButton>
      <p class="muted small">Your card is charged once, even if the connection breaks or you click twice.</p>
    </section>
  );
}
