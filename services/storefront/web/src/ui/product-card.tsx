import type { ProductCard as Card } from "../../../../contracts/catalog-api.ts";
import { formatMoney } from "../money.ts";
import { Picture } from "./picture.tsx";
import { RatingLine } from "./stars.tsx";

/** A product in a list; the whole card leads to it. */
export const ProductCard = ({
  card,
  isFirst = false,
}: {
  readonly card: Card;
  readonly isFirst?: boolean;
}) => (
  <li class="card">
    <Picture url={card.image?.url} alt="" isFirst={isFirst} />
    <div class="card-words">
      <span class="muted small">{card.category.name}</span>
      <h3>
        <a class="card-link" href={`/products/${card.id}`}>
          {card.name}
        </a>
      </h3>
      <RatingLine rating={card.rating} />
      <span class="card-foot">
        <span class="price">
          {card.priceFrom < card.priceTo && <span class="muted small">from </span>}
          {formatMoney(card.priceFrom, card.currency)}
        </span>
        {!card.available && <span class="tag">Sold out</span>}
      </span>
    </div>
  </li>
);

/** Where cards will be. */
export const CardSkeletons = ({ count }: { readonly count: number }) => (
  <ul class="cards" aria-hidden="true">
    {Array.from({ length: count }, (_, index) => (
      <li class="card skeleton" key={index}>
        <span class="picture" />
        <span class="bar short" />
        <span class="bar" />
        <span class="bar short" />
      </li>
    ))}
  </ul>
);
