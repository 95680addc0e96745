import type { Categories, ProductPage } from "../../../../contracts/catalog-api.ts";
import { browseUrl } from "../browse.ts";
import { api } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Picture } from "../ui/picture.tsx";
import { CardSkeletons, ProductCard } from "../ui/product-card.tsx";
import { type Resource, useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** Pictures beside the welcome. */
const HERO_GOODS = 6;

/** The way in: what kinds of goods there are, what is new and what others like. */
export function HomePage() {
  useTitle(undefined);
  const newest = useShelf("newest");
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
            <a class="button quiet" href={browseUrl({ sort: "rating" })}>
              What others like
            </a>
          </p>
        </div>
        <ul class="hero-goods">
          {(newest.data?.items ?? Array<undefined>(HERO_GOODS).fill(undefined))
            .slice(0, HERO_GOODS)
            .map((card, index) => (
              <li key={card?.id ?? index} class={card === undefined ? "skeleton" : ""}>
                {card === undefined ? (
                  <span class="picture" />
                ) : (
                  <a href={`/products/${card.id}`}>
                    <Picture url={card.image?.url} alt={card.name} isFirst />
                  </a>
                )}
              </li>
            ))}
        </ul>
      </section>
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
      <CategoryList />
      <Shelf title="Best rated" sort="rating" shelf={useShelf("rating")} />
      <Shelf title="New in the shop" sort="newest" shelf={newest} />
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

const useShelf = (sort: "rating" | "newest") =>
  useResource(sort, (signal) =>
    api<ProductPage>({ path: "/products", query: { sort, limit: 8, inStock: true }, signal }),
  );

function Shelf({
  title,
  sort,
  shelf: { data, error, isLoading, reload },
}: {
  readonly title: string;
  readonly sort: "rating" | "newest";
  readonly shelf: Resource<ProductPage>;
}) {
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
            <ProductCard key={card.id} card={card} />
          ))}
        </ul>
      )}
    </section>
  );
}
