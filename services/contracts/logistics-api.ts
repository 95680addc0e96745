import { type Static, Type } from "typebox";
import { Address, Country, ShippingMethod } from "./address.ts";
import { Quantity, Sku } from "./catalog-api.ts";
import { defineEvent } from "./event.ts";

/**
 * - `preparing`: paid for, not yet with the carrier; may still be cancelled
 * - `dispatched`: handed to the carrier
 * - `in-transit`, `out-for-delivery`: on its way
 * - `delivered`, `lost`, `cancelled`: over. A parcel that comes back to the shop is lost, too: it never arrives
 */
export const SHIPMENT_STATES = [
  "preparing",
  "dispatched",
  "in-transit",
  "out-for-delivery",
  "delivered",
  "lost",
  "cancelled",
] as const;
export const ShipmentState = Type.Enum(SHIPMENT_STATES);
export type ShipmentState = Static<typeof ShipmentState>;

/** What the carrier calls a parcel: unguessable, as whoever knows it may follow the parcel. */
export const TrackingNumber = Type.String({ pattern: "^[A-Z0-9]{10,40}$" });

const TrackingEvent = Type.Object({
  at: Type.String({ format: "date-time" }),
  state: ShipmentState,
  note: Type.String(),
});

/** `GET /tracking/{trackingNumber}`: public, so it names neither people nor streets. */
export const Tracking = Type.Object({
  trackingNumber: TrackingNumber,
  carrier: Type.String(),
  state: ShipmentState,
  /** City and country that it goes to, such as `Berlin, DE`; the country alone once the address is erased. */
  destination: Type.String(),
  expectedAt: Type.Optional(Type.String({ format: "date-time" })),
  /** The newest first. */
  events: Type.Array(TrackingEvent),
});
export type Tracking = Static<typeof Tracking>;

/** A shipment as who may read shipments sees it. */
export const Shipment = Type.Object({
  id: Type.String({ format: "uuid" }),
  orderId: Type.String({ format: "uuid" }),
  state: ShipmentState,
  carrier: Type.String(),
  trackingNumber: Type.Optional(TrackingNumber),
  createdAt: Type.String({ format: "date-time" }),
});
export type Shipment = Static<typeof Shipment>;

/** `GET /shipments?order={orderId}`: the order's one shipment, or none. Needs `shipments:read`. */
export const ShipmentList = Type.Object({ items: Type.Array(Shipment) });
export type ShipmentList = Static<typeof ShipmentList>;

/**
 * `GET /shipments/{id}`, needs `shipments:read`; and the answer to `POST /shipments/{id}/loss`, which has no body, needs
 * `shipments:write` and an `Idempotency-Key`, and reports that the parcel will never arrive.
 */
export const ShipmentDetails = Type.Intersect([
  Shipment,
  Type.Object({
    /** What is in the parcel; empty where the order was cancelled before it came. */
    lines: Type.Array(Type.Object({ sku: Sku, name: Type.String(), quantity: Quantity })),
    shipping: Type.Optional(ShippingMethod),
    country: Type.Optional(Country),
    /** Missing once it is erased, which it is some time after the shipment is over. */
    shipTo: Type.Optional(Address),
    expectedAt: Type.Optional(Type.String({ format: "date-time" })),
    /** The newest first. */
    events: Type.Array(TrackingEvent),
  }),
]);
export type ShipmentDetails = Static<typeof ShipmentDetails>;

/**
 * `PUT /cancellations/{orderId}`, inside the platform only: nothing is sent for this order, even if it is told to be
 * paid later. Idempotent: 204, or 409 `already-dispatched`.
 */
export const cancellationPath = (orderId: string): string => `/cancellations/${orderId}`;

const ids = { orderId: Type.String({ format: "uuid" }), shipmentId: Type.String({ format: "uuid" }) };

/** An order's parcel was handed to the carrier. */
export const shipmentDispatched = defineEvent({
  name: "shipment.dispatched",
  version: 1,
  schema: Type.Object({ ...ids, carrier: Type.String(), trackingNumber: TrackingNumber }),
});

/** An order's parcel has arrived. */
export const shipmentDelivered = defineEvent({
  name: "shipment.delivered",
  version: 1,
  schema: Type.Object({ ...ids, deliveredAt: Type.String({ format: "date-time" }) }),
});

/** An order's parcel will never arrive. */
export const shipmentLost = defineEvent({
  name: "shipment.lost",
  version: 1,
  schema: Type.Object(ids),
});

/** Kinds of problem that shipments are answered with. */
export const LOGISTICS_PROBLEMS = {
  /** 404 */
  unknownShipment: "unknown-shipment",
  /** 409: the parcel is with the carrier already. */
  alreadyDispatched: "already-dispatched",
  /** 409: the shipment is not in a state that allows it. Extension: `state`. */
  illegalMove: "illegal-shipment-move",
} as const;
