import { useRoute } from "preact-iso/router";
import type { Product } from "../../../../contracts/catalog-api.ts";
import { isProblem } from "../api/errors.ts";
import { textOf } from "../forms.ts";
import { countedStock, variantName } from "../merchandise.ts";
import { may, mayTrade } from "../roles.ts";
import { api, session } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { ProductForm } from "../ui/product-form.tsx";
import { SmallForm } from "../ui/small-form.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFoundPage } from "./not-found.tsx";

/** A product as merchants see it: what it is, what it costs, how it looks and how much of it there is. */
export function MerchantProductPage() {
  const { params } = useRoute();
  const account = session.account.value;
  const id = params.id ?? "";
  useTitle("A product");
  if (account === undefined) return <p role="status">One moment…</p>;
  if (!mayTrade(account)) return <NotFoundPage />;
  return <Shown key={id} id={id} />;
}

function Shown({ id }: { readonly id: string }) {
  const account = session.account.value;
  const path = `/products/${encodeURIComponent(id)}`;
  const { data, error, reload, set } = useResource(id, (signal) => api<Product>({ path, signal }));
  if (isProblem(error, "unknown-product")) return <NotFoundPage what="This product" />;
  if (error !== undefined && data === undefined) return <Failure error={error} onRetry={reload} />;
  if (data === undefined) return <p role="status">Looking up the product…</p>;
  return (
    <>
      <h1>{data.name}</h1>
      <p>
        <a href={`/products/${id}`}>As shoppers see it</a>
      </p>
      <div class="panels">
        {may(account, "catalog:write") && <ProductForm product={data} onChange={set} />}
        {may(account, "stock:write") && <StockForm product={data} onChange={reload} />}
      </div>
    </>
  );
}

const StockForm = ({ product, onChange }: { readonly product: Product; readonly onChange: () => void }) => (
  <SmallForm
    title="Stock"
    action="Save the stock"
    done="The stock is saved"
    onSubmit={async (form) => {
      const counts = Object.fromEntries(product.variants.map(({ sku }) => [sku, textOf(form, sku)]));
      for (const { sku, available } of countedStock(product.variants, counts)) {
        await api({ method: "PUT", path: `/stock/${sku}`, body: { available } });
      }
      onChange();
    }}
  >
    <p class="muted small">
      How many can be sold from now on; what is reserved for orders under way is not among it.
    </p>
    {product.variants.map((variant) => (
      <Field
        key={`${variant.sku} ${variant.available}`}
        label={`Pieces of ${variantName(product, variant)}`}
        name={variant.sku}
        type="number"
        min={0}
        max={999_999_999}
        required
        defaultValue={String(variant.available)}
      />
    ))}
  </SmallForm>
);
