import fc from "fast-check";
import { expect, test } from "vitest";
import { showRating, UNRATED } from "./rating.ts";

test("a product without reviews has no rating", () => {
  expect(showRating(UNRATED)).toBeNull();
});

test.each([
  [[0, 0, 0, 0, 1], 5],
  [[1, 0, 0, 0, 0], 1],
  [[0, 0, 0, 3, 1], 4.25],
  [[0, 0, 2, 1, 0], 3.33],
  [[0, 0, 1, 2, 0], 3.67],
  [[0, 0, 0, 7, 1], 4.13],
])("%j is rated %d", (histogram, average) => {
  const count = histogram.reduce((sum, reviews) => sum + reviews, 0);
  const sum = histogram.reduce((sum, reviews, index) => sum + reviews * (index + 1), 0);
  expect(showRating({ histogram, review_count: count, stars_sum: sum, version: 1 })).toEqual({
    average,
    count,
  });
});

test("the average lies between the worst and the best review, within half a hundredth of the mean", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 500 }), (stars) => {
      const sum = stars.reduce((total, value) => total + value, 0);
      const rating = showRating({ ...UNRATED, review_count: stars.length, stars_sum: sum });
      const average = rating?.average ?? Number.NaN;
      expect(average).toBeGreaterThanOrEqual(Math.min(...stars));
      expect(average).toBeLessThanOrEqual(Math.max(...stars));
      expect(Math.abs(average - sum / stars.length)).toBeLessThanOrEqual(0.005 + Number.EPSILON * 8);
    }),
  );
});
