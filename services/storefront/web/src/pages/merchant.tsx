import { useLocation } from "preact-iso/router";
import type { ProductPage } from "../../../../contracts/catalog-api.ts";
import { textOf } from "../forms.ts";
import { formatMoney } from "../money.ts";
import { mayTrade } from "../roles.ts";
import { api, session } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFoundPage } from "./not-found.tsx";

/** For those who look after the goods: finds a product; its own page does the rest. */
export function MerchantPage() {
  useTitle("Goods");
  const { query, route } = useLocation();
  const account = session.account.value;
  if (account === undefined) return <p role="status">One moment…</p>;
  if (!mayTrade(account)) return <NotFoundPage />;
  const words = query.q ?? "";
  return (
    <>
      <h1>The shop's goods</h1>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/merchant?q=${encodeURIComponent(textOf(event.currentTarget, "q"))}`);
        }}
      >
        <Field label="Words of the name" name="q" maxLength={200} defaultValue={words} />
        <button type="submit" class="button">
          Find
        </button>
      </form>
      <Found key={words} words={words} />
    </>
  );
}

function Found({ words }: { readonly words: string }) {
  const query = { limit: 100, sort: words === "" ? "name" : "relevance", q: words || undefined };
  const { data, error, reload } = useResource(words, (signal) =>
    api<ProductPage>({ path: "/products", query, signal }),
  );
  if (error !== undefined) return <Failure error={error} onRetry={reload} />;
  if (data === undefined) return <p role="status">Looking…</p>;
  if (data.items.length === 0) return <p role="status">Nothing is called that.</p>;
  return (
    <>
      <ul class="order-list">
        {data.items.map(({ id, name, category, priceFrom, currency, available }) => (
          <li key={id} class="card-row">
            <div>
              <h2 class="line-name">
                <a href={`/merchant/${id}`}>{name}</a>
              </h2>
              <p class="muted small">{category.name}</p>
            </div>
            {!available && <span class="tag">Sold out</span>}
            <span class="price">{formatMoney(priceFrom, currency)}</span>
          </li>
        ))}
      </ul>
      {data.next !== null && <p class="muted small">There are more; say more of the name.</p>}
    </>
  );
}
