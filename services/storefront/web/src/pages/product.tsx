import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import type { Product, Variant } from "../../../../contracts/catalog-api.ts";
import { isProblem } from "../api/errors.ts";
import { browseUrl } from "../browse.ts";
import { formatMoney } from "../money.ts";
import { announce } from "../state/announcer.ts";
import { api, cart } from "../state/shop.ts";
import { BusyButton } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Gallery } from "../ui/gallery.tsx";
import { Icon } from "../ui/icon.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Reviews } from "../ui/reviews.tsx";
import { RatingLine } from "../ui/stars.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { initialVariant, isAvailable, variantWith } from "../variants.ts";
import { NotFoundPage } from "./not-found.tsx";

/** One product: what it looks like, what it costs, whether it can be had, and what buyers say. */
export function ProductPage() {
  const { params } = useRoute();
  const id = params.id ?? "";
  const { data, error, reload } = useResource(id, (signal) =>
    api<Product>({ path: `/products/${encodeURIComponent(id)}`, signal }),
  );
  useTitle(data?.name);
  if (isProblem(error, "unknown-product") || isProblem(error, "invalid-request")) {
    return <NotFoundPage what="This product" />;
  }
  if (error !== undefined)
    return <Failure title="This product could not be loaded" error={error} onRetry={reload} />;
  if (data === undefined) return <ProductSkeleton />;
  return (
    <>
      <Details product={data} />
      <Reviews productId={id} />
    </>
  );
}

function Details({ product }: { readonly product: Product }) {
  const { query, route, path } = useLocation();
  const variant = initialVariant(product, query.sku);
  if (variant === undefined) return <NotFoundPage what="This product" />;
  const choose = (chosen: Variant) => route(`${path}?sku=${encodeURIComponent(chosen.sku)}`, true);
  return (
    <article class="product">
      <Gallery key={product.id} images={product.images} shown={variant.image} />
      <div class="product-words">
        <p class="small">
          <a href={browseUrl({ category: product.category.id })}>{product.category.name}</a>
        </p>
        <h1>{product.name}</h1>
        {product.rating && (
          <a href="#reviews" class="plain">
            <RatingLine rating={product.rating} />
          </a>
        )}
        <p class="product-price" aria-live="polite">
          {formatMoney(variant.price, product.currency)}
          <span class="muted small"> incl. VAT, plus shipping</span>
        </p>
        {product.options.map(({ name, values }) => (
          <fieldset class="options" key={name}>
            <legend>
              {name}: <strong>{variant.options[name]}</strong>
            </legend>
            {values.map((value) => (
              <label key={value} class={isAvailable(product, variant, name, value) ? "" : "gone"}>
                <input
                  type="radio"
                  name={name}
                  value={value}
                  checked={variant.options[name] === value}
                  onChange={() => choose(variantWith(product, variant, name, value))}
                />
                <span>{value}</span>
              </label>
            ))}
          </fieldset>
        ))}
        <Buy key={variant.sku} product={product} variant={variant} />
        <p class="description">{product.description}</p>
      </div>
    </article>
  );
}

/** Few enough left to say so. */
const FEW = 10;

function Buy({ product, variant }: { readonly product: Product; readonly variant: Variant }) {
  const [quantity, setQuantity] = useState(1);
  const [state, setState] = useState<"idle" | "adding" | "added">("idle");
  const [problem, setProblem] = useState<unknown>();
  const { available, sku } = variant;
  const add = async () => {
    setState("adding");
    setProblem(undefined);
    try {
      await cart.add(sku, quantity);
      setState("added");
      announce(`${product.name} is in your cart`);
    } catch (error) {
      setProblem(error);
      setState("idle");
    }
  };
  return (
    <>
      <p class={available > 0 ? "stock" : "stock out"}>
        {available === 0 && "Sold out"}
        {available > 0 && available <= FEW && `Only ${available} left`}
        {available > FEW && "In stock, sent within a day"}
      </p>
      <div class="buy">
        <Quantity value={quantity} name={product.name} max={available} onChange={setQuantity} />
        <BusyButton isBusy={state === "adding"} isDisabled={available === 0} onClick={add} class="wide">
          <Icon name="cart" />
          Add to cart
        </BusyButton>
      </div>
      {problem !== undefined && (
        <Failure
          error={problem}
          {...(isProblem(problem, "cart-full") ? { title: "Your cart is full" } : {})}
        />
      )}
      {state === "added" && (
        <div class="notice success">
          <p>
            <Icon name="check" /> It is in your cart.
          </p>
          <a class="button quiet" href="/cart">
            See the cart
          </a>
        </div>
      )}
    </>
  );
}

const ProductSkeleton = () => (
  <div class="product skeleton" aria-hidden="true">
    <span class="picture" />
    <div class="product-words">
      <span class="bar short" />
      <span class="bar tall" />
      <span class="bar short" />
      <span class="bar" />
      <span class="bar" />
    </div>
  </div>
);
