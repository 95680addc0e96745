import { Type } from "typebox";
import { type Api, IdempotencyKey, Problem, problemType, sendProblem } from "../../chassis/index.ts";
import { CancellationRequest, Order, Refund, RefundRequest } from "../../contracts/order-api.ts";
import type { AfterSale } from "./after-sale.ts";
import { cancelOrder } from "./cancellation.ts";
import { findOrder } from "./order-view.ts";
import { permittedOrder } from "./permitted-order.ts";
import { type FailedRefund, type OrderRefund, showRefund } from "./refund.ts";
import { giveBack, requestRefund } from "./refund-saga.ts";
import { OrderParams, orderToken, problems, refuseRepeatedSku } from "./routes.ts";

/** Cancelling orders and giving their money back. */
export function registerAfterSaleRoutes(api: Api, context: AfterSale): void {
  const { database } = context;

  api.post(
    "/orders/:orderId/cancellation",
    {
      schema: {
        summary: "Cancel an order",
        params: OrderParams,
        headers: Type.Object(orderToken),
        body: CancellationRequest,
        response: { 200: Order, 202: Order, ...problems },
      },
    },
    async (request, reply) => {
      const { orderId } = request.params;
      const { view, actor } = await permittedOrder(database, request, orderId, "orders:cancel");
      const { reason } = request.body;
      const isDone = await inTime(() => cancelOrder(context, { orderId, by: actor.by, reason }, request.id));
      const now = await findOrder(database, orderId);
      return reply.code(isDone ? 200 : 202).send((now ?? view).order);
    },
  );

  api.post(
    "/orders/:orderId/refunds",
    {
      schema: {
        summary: "Refund an order in whole or in part",
        params: OrderParams,
        headers: Type.Object({ "idempotency-key": IdempotencyKey, ...orderToken }),
        body: RefundRequest,
        response: { 201: Refund, 202: Refund, ...problems },
      },
    },
    async (request, reply) => {
      const { orderId } = request.params;
      refuseRepeatedSku(request.body.lines ?? []);
      const { actor } = await permittedOrder(database, request, orderId, "orders:refund");
      if (actor.isBuyer) throw returnInstead();
      const idempotencyKey = request.headers["idempotency-key"];
      let refund: OrderRefund = await requestRefund(context, {
        orderId,
        idempotencyKey,
        request: request.body,
        by: actor.by,
      });
      const promised = refund;
      if (promised.state === "pending") {
        await inTime(async () => {
          refund = await giveBack(context, promised, request.id);
        });
      }
      if (refund.state === "failed") return sendProblem(failure(refund), request, reply);
      return reply.code(refund.state === "done" ? 201 : 202).send(showRefund(refund));
    },
  );
}

/** Nobody gives themselves money back. */
const returnInstead = (): Problem =>
  new Problem({
    status: 403,
    slug: "not-permitted",
    title: "Not permitted",
    detail:
      "Money goes back when goods do: ask for a return (`POST /orders/{id}/returns`) and send them back",
    extensions: { permission: "orders:refund" },
  });

/** Whether something was done; false where what it needs is away, and it is carried on in the background. */
export async function inTime(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return false;
    throw error;
  }
}

/** Why the money stays where it is, as the payment service said. */
function failure({ failure: { type, title, status, detail, ...extensions } }: FailedRefund): Problem {
  return new Problem({
    status,
    slug: type.slice(problemType("").length),
    title,
    ...(detail !== undefined && { detail }),
    extensions,
  });
}
