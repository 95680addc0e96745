import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import type { Categories } from "../../../../contracts/catalog-api.ts";
import { type Browse, browseUrl, readBrowse, SORTS } from "../browse.ts";
import { announce } from "../state/announcer.ts";
import { extendList, type List, lists, readList } from "../state/lists.ts";
import { api } from "../state/shop.ts";
import { BusyButton } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Filters } from "../ui/filters.tsx";
import { CardSkeletons, ProductCard } from "../ui/product-card.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** All goods, those of one kind, or those that a search found. */
export function ProductsPage() {
  const { query, route } = useLocation();
  const browse = readBrowse(query);
  const url = browseUrl(browse);
  const categories = useResource("categories", (signal) => api<Categories>({ path: "/categories", signal }));
  const category = categories.data?.items.find(({ id }) => id === browse.category)?.name;
  const title = browse.q === undefined ? (category ?? "All goods") : `“${browse.q}”`;
  useTitle(title);

  const { data, error, isLoading, reload, set } = useResource<List>(
    url,
    async (signal) => lists.peek().get(url) ?? readList(browse, signal),
    { keep: true },
  );
  const shown = lists.value.get(url) ?? data;
  const isStale = isLoading && !lists.value.has(url);
  useEffect(() => {
    if (!isStale && shown !== undefined) announce(countOf(shown));
  }, [isStale, shown]);

  const change = (next: Browse) => route(browseUrl(next));
  return (
    <div class="browse">
      <div class="browse-head">
        <h1>{title}</h1>
        {shown !== undefined && <p class="muted">{countOf(shown)}</p>}
      </div>
      <Filters
        browse={browse}
        categories={categories.data?.items ?? []}
        currency={shown?.items[0]?.currency ?? "EUR"}
        onChange={change}
      />
      <div class="browse-list">
        <h2 class="visually-hidden">Products</h2>
        <label class="sort">
          <span>Sort by</span>
          <select
            value={browse.sort ?? (browse.q === undefined ? "newest" : "relevance")}
            onChange={({ currentTarget: { value } }) => change(readBrowse({ ...query, sort: value }))}
          >
            {Object.entries(SORTS)
              .filter(([sort]) => sort !== "relevance" || browse.q !== undefined)
              .map(([sort, name]) => (
                <option key={sort} value={sort}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        {error !== undefined && <Failure error={error} onRetry={reload} />}
        {shown === undefined && isLoading && <CardSkeletons count={12} />}
        {shown !== undefined && error === undefined && (
          <Results browse={browse} list={shown} isStale={isStale} onList={set} />
        )}
      </div>
    </div>
  );
}

const countOf = ({ items, next }: List) => {
  if (items.length === 0) return "Nothing found";
  if (next !== null) return `The first ${items.length}`;
  return items.length === 1 ? "1 product" : `${items.length} products`;
};

function Results({
  browse,
  list,
  isStale,
  onList,
}: {
  readonly browse: Browse;
  readonly list: List;
  readonly isStale: boolean;
  readonly onList: (list: List) => void;
}) {
  const [isMore, setMore] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const cards = useRef<HTMLUListElement>(null);
  if (list.items.length === 0) {
    return (
      <div class="empty">
        <p>Nothing here fits. Try fewer filters or other words.</p>
        <a class="button quiet" href="/products">
          See all goods
        </a>
      </div>
    );
  }
  const more = async () => {
    setMore(true);
    setProblem(undefined);
    const seen = list.items.length;
    try {
      onList(await extendList(browse, list, new AbortController().signal));
      // The keyboard goes on with the first of the new ones.
      requestAnimationFrame(() => cards.current?.children[seen]?.querySelector("a")?.focus());
    } catch (error) {
      setProblem(error);
    } finally {
      setMore(false);
    }
  };
  return (
    <>
      <ul class={isStale ? "cards stale" : "cards"} ref={cards} aria-busy={isStale}>
        {list.items.map((card, index) => (
          <ProductCard key={card.id} card={card} isFirst={index < 4} />
        ))}
      </ul>
      {problem !== undefined && <Failure error={problem} />}
      {list.next !== null && (
        <p class="more">
          <BusyButton isBusy={isMore} onClick={more} class="quiet">
            Show more
          </BusyButton>
        </p>
      )}
    </>
  );
}
