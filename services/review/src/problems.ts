import { Problem } from "../../chassis/index.ts";
import { REVIEW_PROBLEMS } from "../../contracts/review-api.ts";

export const notBought = (productId: string): Problem =>
  new Problem({
    status: 403,
    slug: REVIEW_PROBLEMS.notBought,
    title: "Not bought",
    detail: `Only who has bought and paid for "${productId}" may review it`,
    extensions: { productId },
  });

export const unknownReview = (reviewId: string): Problem =>
  new Problem({
    status: 404,
    slug: REVIEW_PROBLEMS.unknownReview,
    title: "Unknown review",
    detail: `There is no review ${reviewId} of this product`,
  });
