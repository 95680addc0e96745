import { Type } from "typebox";
import type { Api, Database } from "../../chassis/index.ts";
import { type Reservation, ReservationRequest } from "../../contracts/catalog-api.ts";
import {
  mixedCurrencies,
  outOfStock,
  repeatedSku,
  reservationConfirmed,
  reservationDiffers,
  reservationGone,
  unknownReservation,
  unknownSku,
} from "./problems.ts";
import type { ProductCache } from "./product-cache.ts";
import { confirm, hasLines, release, reserve } from "./reservations.ts";

const params = Type.Object({ orderId: Type.String({ format: "uuid" }) });

/** `/reservations/{orderId}`: for the order service only; the gateway does not lead here. */
export function reservationRoutes(api: Api, database: Database, cache: ProductCache): void {
  const schema = { params, body: ReservationRequest };
  api.put(
    "/reservations/:orderId",
    { schema },
    async ({ params: { orderId }, body }): Promise<Reservation> => {
      const { lines, ttlSeconds } = body;
      const repeated = lines.findIndex(
        ({ sku }, index) => lines.findIndex((line) => line.sku === sku) < index,
      );
      if (repeated >= 0) throw repeatedSku(lines[repeated]?.sku ?? "", repeated);

      const answer = await reserve(database, orderId, lines, ttlSeconds);
      switch (answer.outcome) {
        case "held":
          await cache.changed(lines.map(({ sku }) => sku));
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
    { schema: { params } },
    async ({ params: { orderId } }, reply) => {
      const state = await confirm(database, orderId);
      if (state === undefined) throw unknownReservation(orderId);
      if (state !== "confirmed") throw reservationGone(orderId, state);
      return reply.code(204).send();
    },
  );

  api.delete("/reservations/:orderId", { schema: { params } }, async ({ params: { orderId } }, reply) => {
    const { stateBefore, changedSkus } = await release(database, orderId);
    if (stateBefore === "confirmed") throw reservationConfirmed(orderId);
    await cache.changed(changedSkus);
    return reply.code(204).send();
  });
}
