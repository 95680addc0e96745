import { randomUUIDv7 } from "node:crypto";
import { currentTraceparent, type Queryable, statement } from "../../chassis/index.ts";
import type { EventOf } from "../../contracts/event.ts";
import type { orderPaid } from "../../contracts/order-events.ts";

/** A row of this order that is there already wins: the order was cancelled before, or told of before. */
const OPEN = statement(
  "shipment-open",
  `WITH opened AS (
     INSERT INTO shipments (id, order_id, state, carrier, shipping, country, ship_to, lines, due_at, traceparent)
     VALUES ($1, $2, 'preparing', $3, $4, $5, $6, $7, now() + make_interval(secs => $8), $9)
     ON CONFLICT (order_id) DO NOTHING RETURNING id)
   INSERT INTO shipment_events (shipment_id, at, state, note)
   SELECT id, now(), 'preparing', 'Being packed' FROM opened`,
);

/** How new shipments are made. */
export interface ShipmentDefaults {
  /** Name of the carrier that takes them. */
  readonly carrier: string;
  /** They may be cancelled for so long at least. */
  readonly handlingSeconds: number;
}

/** Opens the one shipment of a paid order, unless the order was cancelled before. */
export async function openShipment(
  transaction: Queryable,
  { orderId, shipTo, shipping, lines }: EventOf<typeof orderPaid>,
  { carrier, handlingSeconds }: ShipmentDefaults,
): Promise<void> {
  await transaction.query(OPEN, [
    randomUUIDv7(),
    orderId,
    carrier,
    shipping,
    shipTo.country,
    JSON.stringify(shipTo),
    JSON.stringify(lines.map(({ sku, name, quantity }) => ({ sku, name, quantity }))),
    handlingSeconds,
    currentTraceparent(),
  ]);
}
