import type { Rating } from "../../../../contracts/rating.ts";

const STAR =
  "m12 2.600 2.900 5.900 6.500.900-4.700 4.600 1.100 6.500-5.800-3.100-5.800 3.100 1.100-6.500L2.600 9.400l6.500-.900z";

/** So many of five stars, the last one perhaps in part. */
export const Stars = ({ value }: { readonly value: number }) => (
  <span class="stars" role="img" aria-label={`${Number(value.toFixed(1))} of 5 stars`}>
    <Row />
    <span class="stars-filled" style={{ width: `${(value / 5) * 100}%` }}>
      <Row />
    </span>
  </span>
);

const Row = () => (
  <svg viewBox="0 0 120 24" aria-hidden="true" focusable="false">
    {[0, 24, 48, 72, 96].map((x) => (
      <path key={x} d={STAR} transform={`translate(${x} 0)`} />
    ))}
  </svg>
);

/** What buyers think of a product, in one line; nothing where nobody has said anything. */
export const RatingLine = ({ rating }: { readonly rating: Rating | null }) =>
  rating === null ? null : (
    <span class="rating">
      <Stars value={rating.average} />
      <span>
        {rating.average.toFixed(1)} <span class="muted">({rating.count})</span>
      </span>
    </span>
  );
