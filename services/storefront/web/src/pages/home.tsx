import type { Categories, ProductPage } from "../../../../contracts/catalog-api.ts";
import { browseUrl } from "../browse.ts";
import { api } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { CardSkeletons, ProductCard } from "../ui/product-card.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** The way in: what kinds of goods there are, what is new and what others like. */
export function HomePage() {
  useTitle(undefined);
  return (
    <>
      <section class="hero">
        <div>
          <h1>Things that stay</h1>
          <p>Made of wood, stone, steel and glass, for kitchens, tables and desks that are used every day.</p>
          <p class="actions">
            <a class="button" href="/products">
              See all goods
            </a>
            <a class="button quiet" href={browseUrl({ sort: "newest" })}>
              What is new
            </a>
          </p>
        </div>
        <ul class="promises">
          <li>
            <strong>14 days to change your mind</strong>
            Send back what does not suit you.
          </li>
          <li>
            <strong>Followed to your door</strong>
            You see where your parcel is.
          </li>
          <li>
            <strong>Charged once, or not at all</strong>
            Even when the connection breaks.
          </li>
        </ul>
      </section>
      <CategoryList />
      <Shelf title="Best rated" sort="rating" isFirst />
      <Shelf title="New in the shop" sort="newest" />
    </>
  );
}

function CategoryList() {
  const { data, error, reload } = useResource("categories", (signal) =>
    api<Categories>({ path: "/categories", signal }),
  );
  return (
    <section aria-labelledby="categories">
      <h2 id="categories">Shop by room and use</h2>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      <ul class="categories">
        {(data?.items ?? []).map(({ id, name, products }) => (
          <li key={id}>
            <a href={browseUrl({ category: id })}>
              <span>{name}</span>
              <span class="muted small">{products}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Shelf({
  title,
  sort,
  isFirst = false,
}: {
  readonly title: string;
  readonly sort: "rating" | "newest";
  readonly isFirst?: boolean;
}) {
  const { data, error, isLoading, reload } = useResource(sort, (signal) =>
    api<ProductPage>({ path: "/products", query: { sort, limit: 8, inStock: true }, signal }),
  );
  return (
    <section aria-labelledby={`shelf-${sort}`}>
      <div class="section-head">
        <h2 id={`shelf-${sort}`}>{title}</h2>
        <a href={browseUrl({ sort })}>
          See all <span class="visually-hidden">{title}</span>
        </a>
      </div>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data === undefined && isLoading && <CardSkeletons count={8} />}
      {data !== undefined && (
        <ul class="cards">
          {data.items.map((card) => (
            <ProductCard key={card.id} card={card} isFirst={isFirst} />
          ))}
        </ul>
      )}
    </section>
  );
}
