import {
  type Database,
  idempotent,
  outboxRow,
  type Queryable,
  type StoredResponse,
  statement,
  storeEvent,
} from "../../chassis/index.ts";
import { type ShipmentState, shipmentLost } from "../../contracts/logistics-api.ts";
import { illegalMove, unknownShipment } from "./shipment.ts";
import { findShipment } from "./shipment-view.ts";

const LOSE = statement<{ order_id: string }>(
  "shipment-lose",
  `WITH moved AS (
     UPDATE shipments SET state = 'lost', ended_at = now(), due_at = NULL
     WHERE id = $1 AND state IN ('dispatched', 'in-transit', 'out-for-delivery') RETURNING id, order_id),
   noted AS (
     INSERT INTO shipment_events (shipment_id, at, state, note)
     SELECT id, now(), 'lost', 'Reported lost' FROM moved)
   SELECT order_id FROM moved`,
);
const STATE = statement<{ state: ShipmentState }>(
  "shipment-state-by-id",
  "SELECT state FROM shipments WHERE id = $1",
);

/** Somebody of the shop says that a parcel will never arrive. */
export interface LossReport {
  readonly shipmentId: string;
  readonly idempotencyKey: string;
  /** Account of who says so. */
  readonly reportedBy: string;
}

/**
 * Takes a parcel for lost, once a key; what the carrier says of it afterwards no longer counts.
 *
 * @returns What is answered, and whether this call has done it, not an earlier one with the same key.
 * @throws {Problem} 404 for an unknown shipment, 409 when it is not on its way, 422 when the key was used before for
 * another one.
 */
export async function reportLoss(
  database: Database,
  { shipmentId, idempotencyKey, reportedBy }: LossReport,
): Promise<{ readonly answer: StoredResponse; readonly isNew: boolean }> {
  let isNew = false;
  const answer = await idempotent(
    database,
    { scope: `report-loss/${reportedBy}`, key: idempotencyKey, request: { shipmentId } },
    async (transaction) => {
      await lose(transaction, shipmentId);
      isNew = true;
      return { status: 200, body: JSON.stringify(await findShipment(transaction, shipmentId)) };
    },
  );
  return { answer, isNew };
}

async function lose(transaction: Queryable, shipmentId: string): Promise<void> {
  const [moved] = await transaction.query(LOSE, [shipmentId]);
  if (moved !== undefined) {
    const orderId = moved.order_id;
    return storeEvent(transaction, outboxRow(shipmentLost, orderId, { orderId, shipmentId }));
  }
  const [shipment] = await transaction.query(STATE, [shipmentId]);
  if (shipment === undefined) throw unknownShipment(shipmentId);
  throw illegalMove(shipment.state, `Shipment ${shipmentId} is ${shipment.state}, not on its way`);
}
