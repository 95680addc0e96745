import { Type } from "typebox";
import type { Api, Database } from "../../chassis/index.ts";
import { Reservation, ReservationRequest } from "../../contracts/catalog-api.ts";
import { NO_CONTENT, PROBLEMS } from "./answers.ts";
import { refuseRepeatedSku } from "./lines.ts";
import {
  mixedCurrencies,
  outOfStock,
  reservationConfirmed,
  reservationDiffers,
  reservationGone,
  unknownReservation,
  unknownSku,
} from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";
import { confirm, hasLines, release, reserve } from "./reservations.ts";

export const ReservationParams = Type.Object({ orderId: Type.String({ format: "uuid" }) });

/** `/reservations/{orderId}`: for the order service only; the gateway does not lead here. */
export function reservationRoutes(api: Api, database: Database, cache: ProductCache): void {
  const params = ReservationParams;
  api.put(
    "/reservations/:orderId",
    {
      schema: {
        summary: "Hold stock for an order",
        params,
        body: ReservationRequest,
        response: { 200: Reservation, ...PROBLEMS },
      },
    },
    async ({ params: { orderId }, body: { lines, ttlSeconds } }): Promise<Reservation> => {
      refuseRepeatedSku(lines);
      const answer = await reserve(database, orderId, lines, ttlSeconds);
      switch (answer.outcome) {
        case "held":
          await cache.stockChanged(answer.reservation.lines.map(({ productId }) => productId));
          return answer.reservation;
        case "exists": {
          const { state, reservation } = answer;
          if (!hasLines(reservation, lines)) throw reservationDiffers(orderId);
          if (state === "released" || state === "expired") throw reservationGone(orderId, state);
          return reservation;
        }
        case "unknown-sku":
          throw unknownSku(answer.sku);
        case "out-of-stock":
          throw outOfStock(answer.sku, answer.requested, answer.available);
        case "mixed-currencies":
          throw mixedCurrencies(answer.currencies);
      }
    },
  );

  api.post(
    "/reservations/:orderId/confirm",
    { schema: { summary: "Make a reservation final", params, response: { ...NO_CONTENT, ...PROBLEMS } } },
    async ({ params: { orderId } }, reply) => {
      const state = await confirm(database, orderId);
      if (state === undefined) throw unknownReservation(orderId);
      if (state !== "confirmed") throw reservationGone(orderId, state);
      return reply.code(204).send(null);
    },
  );

  api.delete(
    "/reservations/:orderId",
    { schema: { summary: "Give held stock back", params, response: { ...NO_CONTENT, ...PROBLEMS } } },
    async ({ params: { orderId } }, reply) => {
      const { stateBefore, changedProducts } = await release(database, orderId);
      if (stateBefore === "confirmed") throw reservationConfirmed(orderId);
      await cache.stockChanged(changedProducts);
      return reply.code(204).send(null);
    },
  );
}
