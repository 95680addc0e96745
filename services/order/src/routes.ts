import { Type } from "typebox";
import {
  type Api,
  type Database,
  IdempotentHeaders,
  invalidField,
  Problem,
  ProblemDetails,
  sendStored,
} from "../../chassis/index.ts";
import { ORDER_PROBLEMS, Order, OrderRequest } from "../../contracts/order-api.ts";
import { findOrder } from "./find-order.ts";
import { placeOrder } from "./place-order.ts";
import type { SagaContext } from "./saga.ts";

const OrderParams = Type.Object({ orderId: Type.String({ format: "uuid" }) });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** The HTTP face of orders; the gateway leads here from `/api/orders`. */
export function registerOrderRoutes(api: Api, database: Database, saga: SagaContext): void {
  api.post(
    "/orders",
    { schema: { headers: IdempotentHeaders, body: OrderRequest, response: { 201: Order, ...problems } } },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      refuseRepeatedSku(request.body);
      const { outcome } = await placeOrder(saga, key, request.body, request.id);
      return sendStored(reply, outcome);
    },
  );

  api.get(
    "/orders/:orderId",
    { schema: { params: OrderParams, response: { 200: Order, ...problems } } },
    async ({ params: { orderId } }) => {
      const order = await findOrder(database, orderId);
      if (order !== undefined) return order;
      throw new Problem({
        status: 404,
        slug: ORDER_PROBLEMS.unknownOrder,
        title: "Unknown order",
        detail: `There is no order ${orderId}`,
      });
    },
  );
}

function refuseRepeatedSku({ lines }: OrderRequest): void {
  const seen = new Set<string>();
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku))
      throw invalidField("body", `#/lines/${index}/sku`, "is in an earlier line, too; add them up");
    seen.add(sku);
  }
}
