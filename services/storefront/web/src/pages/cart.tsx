import { useEffect, useState } from "preact/hooks";
import type { CartLine } from "../../../../contracts/cart-api.ts";
import { formatMoney } from "../money.ts";
import { announce } from "../state/announcer.ts";
import { cart } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Icon } from "../ui/icon.tsx";
import { Picture } from "../ui/picture.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { useTitle } from "../ui/use-title.ts";

/** What the visitor means to buy. */
export function CartPage() {
  useTitle("Your cart");
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    void cart.load();
  }, []);
  const content = cart.cart.value;
  const failure = problem ?? cart.problem.value;
  const change = async (work: Promise<void>, done: string) => {
    setProblem(undefined);
    try {
      await work;
      announce(done);
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <>
      <h1>Your cart</h1>
      {failure !== undefined && (
        <Failure
          error={failure}
          title={
            content === undefined ? "Your cart cannot be shown right now" : "Your cart could not be changed"
          }
          onRetry={() => {
            setProblem(undefined);
            void cart.load();
          }}
        />
      )}
      {content === undefined && failure === undefined && <CartSkeleton />}
      {content?.leftOut !== undefined && content.leftOut.length > 0 && (
        <p class="notice">
          Your cart was full: not everything you had chosen before the login could be taken over.
        </p>
      )}
      {content?.lines.length === 0 && (
        <div class="empty">
          <p>There is nothing in it yet.</p>
          <a class="button" href="/products">
            See all goods
          </a>
        </div>
      )}
      {content !== undefined && content.lines.length > 0 && (
        <div class="with-summary">
          <ul class="lines" aria-busy={cart.isBusy.value}>
            {content.lines.map((line) => (
              <Line
                key={line.sku}
                line={line}
                currency={line.currency ?? content.currency}
                onQuantity={(quantity) =>
                  change(cart.setQuantity(line.sku, quantity), `${nameOf(line)}: ${quantity} pieces`)
                }
                onRemove={() => change(cart.setQuantity(line.sku, 0), `${nameOf(line)} was removed`)}
              />
            ))}
          </ul>
          <section class="summary panel" aria-labelledby="sum">
            <h2 id="sum">Sum</h2>
            {content.goods !== undefined && content.currency !== undefined ? (
              <p class="sum-line total">
                <span>Goods</span>
                <span>{formatMoney(content.goods, content.currency)}</span>
              </p>
            ) : (
              <p class="muted">The sum is known once every price is.</p>
            )}
            <p class="muted small">VAT is included. Shipping is added at the checkout.</p>
            {content.orderable ? (
              <a class="button wide" href="/checkout">
                Go to checkout
              </a>
            ) : (
              <p class="notice">Something in your cart cannot be ordered as it is.</p>
            )}
          </section>
        </div>
      )}
    </>
  );
}

const nameOf = ({ name, sku }: CartLine) => name ?? sku;

const PROBLEMS: Readonly<Record<NonNullable<CartLine["problem"]>, string>> = {
  "unknown-sku": "No longer sold. Please remove it.",
  "out-of-stock": "Not as many are left.",
  "price-unknown": "The price cannot be read right now.",
};

function Line({
  line,
  currency,
  onQuantity,
  onRemove,
}: {
  readonly line: CartLine;
  readonly currency: string | undefined;
  readonly onQuantity: (quantity: number) => void;
  readonly onRemove: () => void;
}) {
  const { productId, sku, image, quantity, unitPrice, problem, available } = line;
  const name = nameOf(line);
  return (
    <li class="line">
      <Picture url={image} alt="" />
      <div class="line-words">
        <h2 class="line-name">
          {productId === undefined ? name : <a href={`/products/${productId}?sku=${sku}`}>{name}</a>}
        </h2>
        {unitPrice !== undefined && currency !== undefined && (
          <p class="muted small">{formatMoney(unitPrice, currency)} each</p>
        )}
        {problem !== undefined && (
          <p class="line-problem">
            {PROBLEMS[problem]}
            {problem === "out-of-stock" && available !== undefined && available > 0 && (
              <button type="button" class="link" onClick={() => onQuantity(available)}>
                Take the {available} that are left
              </button>
            )}
          </p>
        )}
        <div class="line-actions">
          <Quantity
            value={quantity}
            name={name}
            {...(available === undefined ? {} : { max: available })}
            onChange={onQuantity}
          />
          <button type="button" class="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
            <Icon name="trash" />
          </button>
        </div>
      </div>
      <p class="line-price">
        {unitPrice !== undefined && currency !== undefined && formatMoney(unitPrice * quantity, currency)}
      </p>
    </li>
  );
}

const CartSkeleton = () => (
  <div class="skeleton" aria-hidden="true">
    <span class="bar" />
    <span class="bar" />
    <span class="bar" />
  </div>
);
