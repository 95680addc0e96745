import { Type } from "typebox";
import {
  type Api,
  callerOf,
  type Database,
  type HttpClient,
  IdempotentHeaders,
  invalidField,
  ProblemDetails,
  requireCaller,
  requirePermission,
  type StoredResponse,
  sendStored,
} from "../../chassis/index.ts";
import {
  ORDER_TOKEN_HEADER,
  Order,
  OrderHistory,
  OrderPage,
  OrderRequest,
  Quote,
  QuoteRequest,
} from "../../contracts/order-api.ts";
import { keyScope, type OrderTokens } from "./buyer.ts";
import { orderHistory } from "./history.ts";
import { listOrders } from "./order-view.ts";
import { permittedOrder } from "./permitted-order.ts";
import { placeOrder } from "./place-order.ts";
import { quote } from "./quote.ts";
import type { RefundStore } from "./refund-store.ts";
import type { ReturnStore } from "./return-store.ts";
import type { SagaContext } from "./saga.ts";

/** Path of everything about one order. */
export const OrderParams = Type.Object({ orderId: Type.String({ format: "uuid" }) });
/** How somebody who is not logged in shows that an order is theirs. */
export const orderToken = {
  [ORDER_TOKEN_HEADER]: Type.Optional(
    Type.String({ description: "`accessToken` of the order, for who is not logged in" }),
  ),
};
/** Answers that every route may give. */
export const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

const PageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  after: Type.Optional(Type.String({ format: "uuid", description: "`next` of the page before" })),
  customer: Type.Optional(
    Type.String({ format: "email", maxLength: 254, description: "Needs `orders:read`" }),
  ),
});

/** What orders are taken and shown with. */
export interface OrderDesk {
  readonly database: Database;
  readonly saga: SagaContext;
  readonly catalog: Pick<HttpClient, "send">;
  readonly refunds: RefundStore;
  readonly returns: ReturnStore;
  readonly tokens: OrderTokens;
}

/** Placing and reading orders; the gateway leads here from `/api/orders`. */
export function registerOrderRoutes(api: Api, desk: OrderDesk): void {
  const { database, saga, catalog, tokens } = desk;

  api.post(
    "/orders",
    {
      schema: {
        summary: "Place an order",
        headers: IdempotentHeaders,
        body: OrderRequest,
        response: { 201: Order, 202: Order, ...problems },
      },
    },
    async (request, reply) => {
      refuseRepeatedSku(request.body.lines);
      const buyer = callerOf(request);
      const { id, outcome } = await placeOrder(
        saga,
        {
          keyScope: keyScope(buyer, request.body.customer.email),
          idempotencyKey: request.headers["idempotency-key"],
          request: request.body,
          ownerOf: (orderId) => (buyer ? { userId: buyer.id } : { token: tokens.tokenOf(orderId) }),
        },
        request.id,
      );
      return sendStored(
        reply,
        buyer || outcome.status >= 400 ? outcome : withToken(outcome, tokens.tokenOf(id)),
      );
    },
  );

  api.post(
    "/orders/quotes",
    {
      schema: {
        summary: "Say what an order would cost",
        body: QuoteRequest,
        response: { 200: Quote, ...problems },
      },
    },
    async (request) => {
      refuseRepeatedSku(request.body.lines);
      return quote(catalog, request.body, request.id);
    },
  );

  api.get(
    "/orders",
    {
      schema: {
        summary: "List the caller's orders, the newest first",
        querystring: PageQuery,
        response: { 200: OrderPage, ...problems },
      },
    },
    async (request) => {
      const { limit, after, customer } = request.query;
      if (customer !== undefined) {
        requirePermission(request, "orders:read");
        return listOrders(database, { email: customer }, limit, after);
      }
      return listOrders(database, { userId: requireCaller(request).id }, limit, after);
    },
  );

  api.get(
    "/orders/:orderId",
    {
      schema: {
        summary: "Show an order",
        params: OrderParams,
        headers: Type.Object(orderToken),
        response: { 200: Order, ...problems },
      },
    },
    async (request) => {
      const { view } = await permittedOrder(database, request, request.params.orderId, "orders:read");
      return view.order;
    },
  );

  api.get(
    "/orders/:orderId/history",
    {
      schema: {
        summary: "Show what happened to an order",
        params: OrderParams,
        headers: Type.Object(orderToken),
        response: { 200: OrderHistory, ...problems },
      },
    },
    async (request) => {
      const { view, actor } = await permittedOrder(database, request, request.params.orderId, "orders:read");
      return orderHistory(database, desk, view, actor);
    },
  );
}

/** Gives a guest the token of their order; what is stored does not have it. */
const withToken = ({ status, body }: StoredResponse, accessToken: string): StoredResponse => ({
  status,
  body: `${body.slice(0, -1)},"accessToken":${JSON.stringify(accessToken)}}`,
});

/**
 * Lets nobody name the same goods twice.
 *
 * @throws {Problem} 400 with the second line.
 */
export function refuseRepeatedSku(lines: readonly { readonly sku: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku))
      throw invalidField("body", `#/lines/${index}/sku`, "is in an earlier line, too; add them up");
    seen.add(sku);
  }
}
