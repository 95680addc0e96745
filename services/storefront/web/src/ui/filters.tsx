import { useEffect, useState } from "preact/hooks";
import type { Category } from "../../../../contracts/catalog-api.ts";
import { type Browse, browseUrl, filterCount } from "../browse.ts";
import { editableMoney, parseMoney } from "../money.ts";
import { Icon } from "./icon.tsx";

/** What a list is narrowed down to. On a phone it opens on demand; where there is room it stays beside the list. */
export function Filters({
  browse,
  categories,
  currency,
  onChange,
}: {
  readonly browse: Browse;
  readonly categories: readonly Category[];
  readonly currency: string;
  readonly onChange: (browse: Browse) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const count = filterCount(browse);
  return (
    <div class={isOpen ? "filters open" : "filters"}>
      <button
        type="button"
        class="button quiet filters-toggle"
        aria-expanded={isOpen}
        aria-controls="filters"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="filter" />
        Filters{count > 0 && ` (${count})`}
      </button>
      <div id="filters" class="filters-body">
        <nav aria-label="Categories">
          <h2 class="small-title">Categories</h2>
          <ul class="category-links">
            <li>
              <CategoryLink browse={browse} id={undefined} name="All" />
            </li>
            {categories.map(({ id, name, products }) => (
              <li key={id}>
                <CategoryLink browse={browse} id={id} name={name} count={products} />
              </li>
            ))}
          </ul>
        </nav>
        <PriceRange browse={browse} currency={currency} onChange={onChange} />
        <label class="check">
          <input
            type="checkbox"
            checked={browse.inStock === true}
            onChange={({ currentTarget: { checked } }) =>
              onChange({ ...browse, inStock: checked ? true : undefined })
            }
          />
          <span>Only what is in stock</span>
        </label>
        {count > 0 && (
          <a class="button quiet" href={browseUrl({ q: browse.q, sort: browse.sort })}>
            Remove all filters
          </a>
        )}
      </div>
    </div>
  );
}

const CategoryLink = ({
  browse,
  id,
  name,
  count,
}: {
  readonly browse: Browse;
  readonly id: string | undefined;
  readonly name: string;
  readonly count?: number;
}) => (
  <a
    href={browseUrl({ ...browse, category: id })}
    {...(browse.category === id ? { "aria-current": "true" } : {})}
  >
    <span>{name}</span>
    {count !== undefined && <span class="muted small">{count}</span>}
  </a>
);

function PriceRange({
  browse,
  currency,
  onChange,
}: {
  readonly browse: Browse;
  readonly currency: string;
  readonly onChange: (browse: Browse) => void;
}) {
  const shown = (amount: number | undefined) => (amount === undefined ? "" : editableMoney(amount, currency));
  const [from, setFrom] = useState(shown(browse.minPrice));
  const [to, setTo] = useState(shown(browse.maxPrice));
  // The address changed, so the fields follow.
  useEffect(() => {
    setFrom(shown(browse.minPrice));
    setTo(shown(browse.maxPrice));
  }, [browse.minPrice, browse.maxPrice, currency]);
  return (
    <form
      class="price-range"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ ...browse, minPrice: parseMoney(from, currency), maxPrice: parseMoney(to, currency) });
      }}
    >
      <fieldset>
        <legend class="small-title">Price in {currency}</legend>
        <div class="price-inputs">
          <label>
            <span class="visually-hidden">Lowest price</span>
            <input
              inputMode="decimal"
              placeholder="from"
              value={from}
              onInput={({ currentTarget: { value } }) => setFrom(value)}
            />
          </label>
          <label>
            <span class="visually-hidden">Highest price</span>
            <input
              inputMode="decimal"
              placeholder="to"
              value={to}
              onInput={({ currentTarget: { value } }) => setTo(value)}
            />
          </label>
          <button type="submit" class="button quiet">
            Apply
          </button>
        </div>
      </fieldset>
    </form>
  );
}
