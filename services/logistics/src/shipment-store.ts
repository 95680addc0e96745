import { type Database, type OutboxRow, statement } from "../../chassis/index.ts";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import type { ShipmentState } from "../../contracts/logistics-api.ts";
import type { Booking, CarrierEvent } from "./carrier.ts";
import {
  type CancelledShipment,
  type DueShipment,
  isOver,
  type PreparingShipment,
  type Target,
  type TravellingShipment,
} from "./shipment.ts";

/** Nobody else takes a shipment up for so long, in seconds: longer than the carrier has for all of its answers. */
const LEASE_SECONDS = 30;
/** Longest pause between attempts, in seconds. */
const MAX_PAUSE_SECONDS = 300;

interface DueRow {
  readonly id: string;
  readonly order_id: string;
  readonly state: Exclude<ShipmentState, "delivered" | "lost">;
  readonly ship_to: Address | null;
  readonly shipping: ShippingMethod | null;
  readonly carrier_events: number;
  readonly traceparent: string | null;
}

/**
 * The take itself says that the carrier may be asked now, so that a cancellation from then on calls it off there. A
 * parcel on its way is due again when news is next asked for, so that one without any costs nothing more.
 */
const TAKE = statement<DueRow>(
  "shipment-take",
  `UPDATE shipments SET booking_asked = booking_asked OR state = 'preparing',
     due_at = now() + make_interval(secs => CASE WHEN tracking_number IS NULL THEN ${LEASE_SECONDS} ELSE $2 END)
   WHERE id IN (
     SELECT id FROM shipments WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING id, order_id, state, ship_to, shipping, carrier_events, traceparent`,
);
const DISPATCH = statement<{ id: string }>(
  "shipment-dispatch",
  `WITH moved AS (
     UPDATE shipments SET state = 'dispatched', tracking_number = $2, expected_at = $3, attempts = 0,
       due_at = now() + make_interval(secs => $4)
     WHERE id = $1 AND state = 'preparing' RETURNING id),
   noted AS (
     INSERT INTO shipment_events (shipment_id, at, state, note)
     SELECT id, now(), 'dispatched', $5 FROM moved),
   told AS (
     INSERT INTO outbox (routing_key, aggregate_id, payload, traceparent) SELECT $6, $7, $8, $9 FROM moved)
   SELECT id FROM moved`,
);
/** The number of the event, which must be the next one, keeps it from being taken in twice. */
const ADVANCE = statement<{ id: string }>(
  "shipment-advance",
  `WITH moved AS (
     UPDATE shipments SET state = $3, carrier_events = $4, attempts = 0, ended_at = CASE WHEN $5 THEN now() END,
       due_at = CASE WHEN NOT $5 THEN due_at END
     WHERE id = $1 AND state = $2 AND carrier_events = $4 - 1 RETURNING id),
   noted AS (
     INSERT INTO shipment_events (shipment_id, at, state, note) SELECT id, $6, $3, $7 FROM moved),
   told AS (
     INSERT INTO outbox (routing_key, aggregate_id, payload, traceparent)
     SELECT $8, $9, $10, $11 FROM moved WHERE $8::text IS NOT NULL)
   SELECT id FROM moved`,
);
const CALLED_OFF = statement(
  "shipment-called-off",
  "UPDATE shipments SET booking_asked = false, due_at = NULL, attempts = 0 WHERE id = $1 AND state = 'cancelled'",
);
/** A cancellation that came meanwhile has set its own time. */
const DEFER = statement(
  "shipment-defer",
  `UPDATE shipments SET attempts = attempts + 1,
     due_at = now() + make_interval(secs => least(power(2, least(attempts + 1, 16)), ${MAX_PAUSE_SECONDS}))
   WHERE id = $1 AND state = $2 AND due_at IS NOT NULL`,
);

/**
 * The shipments that the service itself moves on. Each move is one statement that names the state it starts from: it
 * answers whether it was made, and does nothing when somebody else has moved the shipment in the meantime.
 */
export class ShipmentStore {
  readonly #database: Pick<Database, "query">;

  constructor(database: Pick<Database, "query">) {
    this.#database = database;
  }

  /**
   * Takes up to `limit` shipments about which something is to be done and which nobody is working on.
   *
   * @param trackingSeconds After which a parcel on its way is due again.
   */
  async takeDue(limit: number, trackingSeconds: number): Promise<DueShipment[]> {
    return (await this.#database.query(TAKE, [limit, trackingSeconds])).flatMap(
      (row) => dueShipment(row) ?? [],
    );
  }

  /** @param restSeconds After which the carrier is asked for news. */
  async dispatch(
    { id }: PreparingShipment,
    { trackingNumber, expectedAt }: Booking,
    note: string,
    restSeconds: number,
    event: OutboxRow,
  ): Promise<boolean> {
    const values = [id, trackingNumber, expectedAt, restSeconds, note, ...columnsOf(event)];
    return (await this.#database.query(DISPATCH, values)).length > 0;
  }

  /** Takes in the carrier's next event; a move that others are told of comes with its `told`. */
  async advance(
    { id, state }: TravellingShipment,
    target: Target,
    { number, at, note }: CarrierEvent,
    told: OutboxRow | undefined,
  ): Promise<boolean> {
    const values = [id, state, target, number, isOver(target), at, note, ...columnsOf(told)];
    return (await this.#database.query(ADVANCE, values)).length > 0;
  }

  /** The carrier knows that a cancelled shipment does not come. */
  async calledOff({ id }: CancelledShipment): Promise<void> {
    await this.#database.query(CALLED_OFF, [id]);
  }

  /** Lets go of a shipment that cannot go on now; it is taken up again after a pause that grows with its attempts. */
  async defer({ id, state }: DueShipment): Promise<void> {
    await this.#database.query(DEFER, [id, state]);
  }
}

/** Values of an event's row, where there is an event. */
const columnsOf = (event: OutboxRow | undefined) => [
  event?.routingKey ?? null,
  event?.aggregateId ?? null,
  event?.payload ?? null,
  event?.traceparent ?? null,
];

/** Reads a row as what its state says it is; undefined where there is nothing to be done about it. */
function dueShipment(row: DueRow): DueShipment | undefined {
  const { id, order_id: orderId, state } = row;
  const facts = { id, orderId, traceparent: row.traceparent ?? undefined };
  if (state === "cancelled") return { ...facts, state };
  if (state !== "preparing") return { ...facts, state, carrierEvents: row.carrier_events };
  if (row.ship_to === null || row.shipping === null) return undefined;
  return { ...facts, state, shipTo: row.ship_to, shipping: row.shipping };
}
