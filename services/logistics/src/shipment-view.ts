import { type Queryable, statement } from "../../chassis/index.ts";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import type { Shipment, ShipmentDetails, ShipmentState, Tracking } from "../../contracts/logistics-api.ts";
import { unknownShipment } from "./shipment.ts";

interface ShipmentRow {
  readonly id: string;
  readonly order_id: string;
  readonly state: ShipmentState;
  readonly carrier: string;
  readonly tracking_number: string | null;
  readonly created_at: Date;
}

interface DetailsRow extends ShipmentRow {
  readonly shipping: ShippingMethod | null;
  readonly country: string | null;
  readonly ship_to: Address | null;
  readonly lines: ShipmentDetails["lines"];
  readonly expected_at: Date | null;
  /** The newest first; times as PostgreSQL writes them in JSON. */
  readonly events: readonly { readonly at: string; readonly state: ShipmentState; readonly note: string }[];
}

const COLUMNS = "id, order_id, state, carrier, tracking_number, created_at";
const DETAILS = `${COLUMNS}, shipping, country, ship_to, lines, expected_at,
  (SELECT coalesce(json_agg(json_build_object('at', at, 'state', state, 'note', note) ORDER BY id DESC), '[]')
   FROM shipment_events WHERE shipment_id = shipments.id) AS events`;

const FIND = statement<DetailsRow>("shipment-find", `SELECT ${DETAILS} FROM shipments WHERE id = $1`);
const LIST = statement<ShipmentRow>("shipment-list", `SELECT ${COLUMNS} FROM shipments WHERE order_id = $1`);
const TRACK = statement<DetailsRow>(
  "shipment-track",
  `SELECT ${DETAILS} FROM shipments WHERE tracking_number = $1`,
);

/** The shipments of an order: one, or none. */
export const listShipments = async (database: Queryable, orderId: string): Promise<Shipment[]> =>
  (await database.query(LIST, [orderId])).map(shown);

/**
 * A shipment with all that is known of it.
 *
 * @throws {Problem} 404 when there is none.
 */
export async function findShipment(database: Queryable, id: string): Promise<ShipmentDetails> {
  const [row] = await database.query(FIND, [id]);
  if (row === undefined) throw unknownShipment(id);
  return {
    ...shown(row),
    lines: row.lines,
    ...(row.shipping !== null && { shipping: row.shipping }),
    ...(row.country !== null && { country: row.country }),
    ...(row.ship_to !== null && { shipTo: row.ship_to }),
    ...expected(row),
    events: shownEvents(row),
  };
}

/**
 * What everybody may know who knows the tracking number.
 *
 * @throws {Problem} 404 when there is none with this number.
 */
export async function trackShipment(database: Queryable, trackingNumber: string): Promise<Tracking> {
  const [row] = await database.query(TRACK, [trackingNumber]);
  if (row === undefined) throw unknownShipment(`with the tracking number ${trackingNumber}`);
  return {
    trackingNumber,
    carrier: row.carrier,
    state: row.state,
    destination: [row.ship_to?.city, row.country].filter(Boolean).join(", "),
    ...expected(row),
    events: shownEvents(row),
  };
}

const shown = (row: ShipmentRow): Shipment => ({
  id: row.id,
  orderId: row.order_id,
  state: row.state,
  carrier: row.carrier,
  ...(row.tracking_number !== null && { trackingNumber: row.tracking_number }),
  createdAt: row.created_at.toISOString(),
});

const expected = ({ expected_at: at }: DetailsRow) => (at === null ? {} : { expectedAt: at.toISOString() });

const shownEvents = ({ events }: DetailsRow): Tracking["events"] =>
  events.map(({ at, state, note }) => ({ at: new Date(at).toISOString(), state, note }));
