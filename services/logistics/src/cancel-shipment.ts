import { randomUUIDv7 } from "node:crypto";
import { type Database, statement } from "../../chassis/index.ts";
import type { ShipmentState } from "../../contracts/logistics-api.ts";
import { alreadyDispatched } from "./shipment.ts";

/** Where the carrier may have been asked already, there is something left to do: to call the parcel off. */
const CANCEL = statement<{ id: string }>(
  "shipment-cancel",
  `WITH moved AS (
     UPDATE shipments SET state = 'cancelled', ended_at = now(), attempts = 0,
       due_at = CASE WHEN booking_asked THEN now() END
     WHERE order_id = $1 AND state = 'preparing' RETURNING id),
   noted AS (
     INSERT INTO shipment_events (shipment_id, at, state, note)
     SELECT id, now(), 'cancelled', 'Cancelled' FROM moved)
   SELECT id FROM moved`,
);
const BAR = statement<{ id: string }>(
  "shipment-bar",
  `INSERT INTO shipments (id, order_id, state, carrier, lines, ended_at)
   VALUES ($1, $2, 'cancelled', $3, '[]', now()) ON CONFLICT (order_id) DO NOTHING RETURNING id`,
);
const STATE = statement<{ state: ShipmentState }>(
  "shipment-state",
  "SELECT state FROM shipments WHERE order_id = $1",
);

/**
 * Makes sure that nothing is sent for an order, even if it is told to be paid only later. Idempotent.
 *
 * @returns Whether this call has done it, not one before.
 * @throws {Problem} 409 when the parcel is with the carrier already.
 */
export async function cancelShipment(database: Database, orderId: string, carrier: string): Promise<boolean> {
  for (;;) {
    const cancelled = await database.query(CANCEL, [orderId]);
    if (cancelled.length > 0) return true;
    const barred = await database.query(BAR, [randomUUIDv7(), orderId, carrier]);
    if (barred.length > 0) return true;
    const [shipment] = await database.query(STATE, [orderId]);
    if (shipment?.state === "cancelled") return false;
    // A shipment that was opened between the first two statements is cancelled in the next round.
    if (shipment?.state !== "preparing") throw alreadyDispatched(orderId);
  }
}
