import { type Api, type Database, IdempotentHeaders, idempotent, sendStored } from "../../chassis/index.ts";
import { ReturnedGoods, ReturnRequest } from "../../contracts/catalog-api.ts";
import { PROBLEMS } from "./answers.ts";
import { refuseRepeatedSku } from "./lines.ts";
import { notConfirmed, notReturnable, reservationGone, unknownReservation } from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";
import { ReservationParams } from "./reservation-routes.ts";
import { takeBack } from "./reservations.ts";

/** `POST /reservations/{orderId}/returns`: for the order service only; the gateway does not lead here. */
export function returnRoutes(api: Api, database: Database, cache: ProductCache): void {
  const schema = {
    summary: "Take sold goods back into the stock",
    params: ReservationParams,
    headers: IdempotentHeaders,
    body: ReturnRequest,
    response: { 200: ReturnedGoods, ...PROBLEMS },
  };
  api.post("/reservations/:orderId/returns", { schema }, async (request, reply) => {
    const { orderId } = request.params;
    const { lines } = request.body;
    refuseRepeatedSku(lines ?? []);
    let products: readonly string[] = [];
    const key = {
      scope: `returns/${orderId}`,
      key: request.headers["idempotency-key"],
      request: request.body,
    };
    const response = await idempotent(database, key, async (transaction) => {
      const answer = await takeBack(transaction, orderId, lines);
      switch (answer.outcome) {
        case "returned": {
          products = answer.products;
          return {
            status: 200,
            body: JSON.stringify({ orderId, lines: answer.lines } satisfies ReturnedGoods),
          };
        }
        case "unknown":
          throw unknownReservation(orderId);
        case "not-confirmed":
          throw answer.state === "held"
            ? notConfirmed(orderId, answer.state)
            : reservationGone(orderId, answer.state);
        case "not-returnable":
          throw notReturnable(answer.sku, answer.returnable);
      }
    });
    await cache.stockChanged(products);
    return sendStored(reply, response);
  });
}
