import { useState } from "preact/hooks";
import type { MyReviews, Review, ReviewPage } from "../../../../contracts/review-api.ts";
import { formatDay } from "../dates.ts";
import { api, session } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { ReviewForm } from "./review-form.tsx";
import { Stars } from "./stars.tsx";
import { useResource } from "./use-resource.ts";

/** What buyers say. The product can be bought without it, so its failing is said and nothing more. */
export function Reviews({ productId }: { readonly productId: string }) {
  const reviews = useResource(productId, (signal) =>
    api<ReviewPage>({ path: "/reviews", query: { product: productId, limit: 10 }, signal }),
  );
  const { data, error, isLoading, reload } = reviews;
  return (
    <section id="reviews" class="reviews" aria-labelledby="reviews-title">
      <h2 id="reviews-title">What buyers say</h2>
      {error !== undefined && (
        <Failure title="Reviews cannot be shown right now" error={error} onRetry={reload} />
      )}
      {data === undefined && isLoading && (
        <div class="skeleton" aria-hidden="true">
          <span class="bar short" />
          <span class="bar" />
          <span class="bar" />
        </div>
      )}
      {data !== undefined && <ReviewList productId={productId} page={data} onMore={reviews.set} />}
      {error === undefined && session.account.value && <OwnReview productId={productId} onChange={reload} />}
    </section>
  );
}

function ReviewList({
  productId,
  page,
  onMore,
}: {
  readonly productId: string;
  readonly page: ReviewPage;
  readonly onMore: (page: ReviewPage) => void;
}) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const more = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const query = { product: productId, limit: 10, after: page.next ?? undefined };
      const next = await api<ReviewPage>({ path: "/reviews", query });
      onMore({ ...next, items: [...page.items, ...next.items] });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (page.rating === null) return <p class="muted">Nobody has reviewed this yet.</p>;
  return (
    <div class="reviews-body">
      <div class="reviews-sum">
        <p class="reviews-average">
          <strong>{page.rating.average.toFixed(1)}</strong> <Stars value={page.rating.average} />
        </p>
        <p class="muted">{page.rating.count === 1 ? "1 review" : `${page.rating.count} reviews`}</p>
        <Histogram counts={page.histogram} />
      </div>
      <div>
        <ul class="review-list">
          {page.items.map((review) => (
            <ReviewItem key={review.id} review={review} />
          ))}
        </ul>
        {problem !== undefined && <Failure error={problem} />}
        {page.next !== null && (
          <BusyButton isBusy={isBusy} onClick={more} class="quiet">
            Show more reviews
          </BusyButton>
        )}
      </div>
    </div>
  );
}

const ReviewItem = ({ review: { stars, title, text, author, createdAt } }: { readonly review: Review }) => (
  <li>
    <article>
      <Stars value={stars} />
      <h3>{title}</h3>
      <p class="muted small">
        {author}, <time dateTime={createdAt}>{formatDay(createdAt)}</time>
      </p>
      {text !== "" && <p class="review-text">{text}</p>}
    </article>
  </li>
);

/** How many gave five stars, four, … one. */
function Histogram({ counts }: { readonly counts: readonly number[] }) {
  const all = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  return (
    <table class="histogram">
      <caption class="visually-hidden">Reviews by stars</caption>
      <tbody>
        {[5, 4, 3, 2, 1].map((stars) => {
          const count = counts[stars - 1] ?? 0;
          return (
            <tr key={stars}>
              <th scope="row">{stars === 1 ? "1 star" : `${stars} stars`}</th>
              <td class="histogram-bar">
                <span class="histogram-fill" style={{ width: `${(count / all) * 100}%` }} />
              </td>
              <td>{count}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Lets a buyer write a review, change it, or take it back. Silent where there is nothing to do. */
function OwnReview({ productId, onChange }: { readonly productId: string; readonly onChange: () => void }) {
  const { data, reload } = useResource(`${productId} ${session.account.value?.id}`, (signal) =>
    api<MyReviews>({ path: "/reviews/mine", query: { product: productId }, signal }),
  );
  const [isOpen, setOpen] = useState(false);
  if (data === undefined) return null;
  const own = data.items[0];
  if (own === undefined && !data.reviewable.includes(productId)) return null;
  const changed = () => {
    setOpen(false);
    reload();
    onChange();
  };
  if (isOpen)
    return <ReviewForm productId={productId} own={own} onDone={changed} onCancel={() => setOpen(false)} />;
  return (
    <button type="button" class="button" onClick={() => setOpen(true)}>
      {own === undefined ? "Write a review" : "Change your review"}
    </button>
  );
}
