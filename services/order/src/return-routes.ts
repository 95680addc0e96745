import { Type } from "typebox";
import { type Api, IdempotencyKey, notPermitted, requirePermission } from "../../chassis/index.ts";
import {
  GoodsReturn,
  GoodsReturnPage,
  GoodsReturnRequest,
  ReceiptRequest,
  Refund,
} from "../../contracts/order-api.ts";
import type { AfterSale } from "./after-sale.ts";
import { inTime } from "./after-sale-routes.ts";
import { showReturn } from "./goods-return.ts";
import { permittedOrder } from "./permitted-order.ts";
import { type OrderRefund, showRefund } from "./refund.ts";
import { giveBack } from "./refund-saga.ts";
import { receiveReturn, requestReturn, withdrawReturn } from "./return-goods.ts";
import { OrderParams, orderToken, problems, refuseRepeatedSku } from "./routes.ts";

const ReturnParams = Type.Object({
  orderId: Type.String({ format: "uuid" }),
  returnId: Type.String({ format: "uuid" }),
});
const PageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  after: Type.Optional(Type.String({ format: "uuid", description: "`next` of the page before" })),
});

/** Goods that come back. */
export function registerReturnRoutes(api: Api, context: AfterSale): void {
  const { database, returns } = context;

  api.post(
    "/orders/:orderId/returns",
    {
      schema: {
        summary: "Ask to send goods back",
        params: OrderParams,
        headers: Type.Object({ "idempotency-key": IdempotencyKey, ...orderToken }),
        body: GoodsReturnRequest,
        response: { 201: GoodsReturn, ...problems },
      },
    },
    async (request, reply) => {
      const { orderId } = request.params;
      refuseRepeatedSku(request.body.lines ?? []);
      const { actor } = await permittedOrder(database, request, orderId, "orders:refund");
      const idempotencyKey = request.headers["idempotency-key"];
      const wish = { orderId, idempotencyKey, request: request.body, actor };
      return reply.code(201).send(showReturn(await requestReturn(context, wish, new Date())));
    },
  );

  api.post(
    "/orders/:orderId/returns/:returnId/receipt",
    {
      schema: {
        summary: "Say that the goods of a return are here",
        description: "Needs the permission returns:receive, and is never for an order of one's own.",
        params: ReturnParams,
        body: ReceiptRequest,
        response: { 200: Refund, 202: Refund, ...problems },
      },
    },
    async (request, reply) => {
      const { orderId, returnId } = request.params;
      const { actor } = await permittedOrder(database, request, orderId, "returns:receive");
      if (actor.isBuyer) throw notPermitted("returns:receive");
      let refund: OrderRefund = await receiveReturn(
        context,
        { orderId, returnId, by: actor.by },
        request.body.restock ?? true,
      );
      const promised = refund;
      if (promised.state === "pending") {
        await inTime(async () => {
          refund = await giveBack(context, promised, request.id);
        });
      }
      return reply.code(refund.state === "done" ? 200 : 202).send(showRefund(refund));
    },
  );

  api.post(
    "/orders/:orderId/returns/:returnId/withdrawal",
    {
      schema: {
        summary: "Say that the goods of a return do not come",
        params: ReturnParams,
        headers: Type.Object(orderToken),
        response: { 200: GoodsReturn, ...problems },
      },
    },
    async (request) => {
      const { orderId, returnId } = request.params;
      const { actor } = await permittedOrder(database, request, orderId, "returns:receive");
      return showReturn(await withdrawReturn(context, { orderId, returnId, by: actor.by }));
    },
  );

  api.get(
    "/orders/returns",
    {
      schema: {
        summary: "List the returns whose goods are waited for, the oldest first",
        description: "Needs the permission returns:receive.",
        querystring: PageQuery,
        response: { 200: GoodsReturnPage, ...problems },
      },
    },
    async (request) => {
      requirePermission(request, "returns:receive");
      const { limit, after } = request.query;
      // One more than is shown tells whether there is a next page.
      const found = await returns.open(limit + 1, after);
      const items = found.slice(0, limit).map(showReturn);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}
