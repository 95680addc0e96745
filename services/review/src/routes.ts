import { Type } from "typebox";
import {
  type Api,
  type Database,
  ProblemDetails,
  requireCaller,
  requirePermission,
} from "../../chassis/index.ts";
import { ProductId } from "../../contracts/catalog-api.ts";
import { MyReviews, RemovalQuery, Review, ReviewPage, ReviewRequest } from "../../contracts/review-api.ts";
import { readMine, readPage } from "./read-reviews.ts";
import type { ReviewStore } from "./review-store.ts";

const PageQuery = Type.Object(
  {
    product: ProductId,
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
    after: Type.Optional(Type.String({ format: "uuid", description: "`next` of the page before" })),
  },
  { additionalProperties: false },
);
const MineQuery = Type.Object({ product: Type.Optional(ProductId) }, { additionalProperties: false });
/** So many of somebody's reviews are shown at the most, and of what they may review yet. */
const MINE_LIMIT = 100;
const ProductParams = Type.Object({ productId: ProductId });
const ReviewParams = Type.Object({ productId: ProductId, reviewId: Type.String({ format: "uuid" }) });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** The HTTP face of reviews; the gateway leads here from `/api/reviews`. */
export function registerReviewRoutes(api: Api, database: Database, store: ReviewStore): void {
  api.get(
    "/reviews",
    {
      schema: {
        summary: "Read what buyers think of a product",
        querystring: PageQuery,
        response: { 200: ReviewPage, ...problems },
      },
    },
    ({ query }) => readPage(database, query),
  );

  api.get(
    "/reviews/mine",
    {
      schema: {
        summary: "Read my reviews, and what I may review yet",
        querystring: MineQuery,
        response: { 200: MyReviews, ...problems },
      },
    },
    async (request) => readMine(database, requireCaller(request).id, MINE_LIMIT, request.query.product),
  );

  api.put(
    "/reviews/:productId",
    {
      schema: {
        summary: "Review something I bought",
        params: ProductParams,
        body: ReviewRequest,
        response: { 200: Review, ...problems },
      },
    },
    async (request) => store.put(requireCaller(request).id, request.params.productId, request.body),
  );

  api.delete(
    "/reviews/:productId",
    {
      schema: {
        summary: "Take my review back",
        params: ProductParams,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await store.withdraw(requireCaller(request).id, request.params.productId);
      return reply.code(204).send(null);
    },
  );

  api.delete(
    "/reviews/:productId/:reviewId",
    {
      schema: {
        summary: "Remove anybody's review",
        description:
          "Needs the permission `reviews:moderate`. What was removed is kept, with who did it and why.",
        params: ReviewParams,
        querystring: RemovalQuery,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const moderator = requirePermission(request, "reviews:moderate");
      await store.remove({
        ...request.params,
        moderatorId: moderator.id,
        reason: request.query.reason,
      });
      return reply.code(204).send(null);
    },
  );
}
