import { Problem } from "../../chassis/index.ts";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import { LOGISTICS_PROBLEMS, type ShipmentState } from "../../contracts/logistics-api.ts";
import type { CarrierStatus } from "./carrier.ts";

/** The moves that a shipment may make; the database refuses all others, too. */
export const MOVES = {
  preparing: ["dispatched", "cancelled"],
  dispatched: ["in-transit", "out-for-delivery", "delivered", "lost"],
  "in-transit": ["out-for-delivery", "delivered", "lost"],
  "out-for-delivery": ["delivered", "lost"],
  delivered: [],
  lost: [],
  cancelled: [],
} as const satisfies Record<ShipmentState, readonly ShipmentState[]>;

/** States in which the carrier has the parcel. */
export type TravellingState = "dispatched" | "in-transit" | "out-for-delivery";

interface Facts {
  readonly id: string;
  readonly orderId: string;
  /** The trace of what led to it. */
  readonly traceparent: string | undefined;
}

/** Its time to be cancelled is over: it is handed to the carrier. */
export interface PreparingShipment extends Facts {
  readonly state: "preparing";
  readonly shipTo: Address;
  readonly shipping: ShippingMethod;
}

/** With the carrier, who is asked for news. */
export interface TravellingShipment extends Facts {
  readonly state: TravellingState;
  /** So many of the carrier's events are taken in. */
  readonly carrierEvents: number;
}

/** Cancelled while the carrier may have been asked for it, so it is called off there. */
export interface CancelledShipment extends Facts {
  readonly state: "cancelled";
}

/** A shipment about which something is to be done: its type says what. */
export type DueShipment = PreparingShipment | TravellingShipment | CancelledShipment;

/** Where a carrier's event takes a shipment from each state. */
export type Target<From extends TravellingState = TravellingState> = From | (typeof MOVES)[From][number];

const MEANINGS: Readonly<Record<CarrierStatus, ShipmentState | undefined>> = {
  "in-transit": "in-transit",
  "out-for-delivery": "out-for-delivery",
  delayed: undefined,
  delivered: "delivered",
  lost: "lost",
  returned: "lost",
};

/**
 * The state of a shipment after a carrier's event. One that would take it back, such as another parcel centre while
 * it is out for delivery, leaves it where it is.
 */
export function stateAfter<From extends TravellingState>(state: From, status: CarrierStatus): Target<From> {
  const moves: readonly Target<From>[] = MOVES[state];
  return moves.find((target) => target === MEANINGS[status]) ?? state;
}

/** Whether a shipment in this state is over. */
export const isOver = (state: ShipmentState): boolean => MOVES[state].length === 0;

/** There is no such shipment. */
export const unknownShipment = (what: string): Problem =>
  new Problem({
    status: 404,
    slug: LOGISTICS_PROBLEMS.unknownShipment,
    title: "Unknown shipment",
    detail: `There is no shipment ${what}`,
  });

/** It is too late to keep the parcel back. */
export const alreadyDispatched = (orderId: string): Problem =>
  new Problem({
    status: 409,
    slug: LOGISTICS_PROBLEMS.alreadyDispatched,
    title: "Already dispatched",
    detail: `The parcel of order ${orderId} is with the carrier`,
  });

/** The shipment's state does not allow what is asked for. */
export const illegalMove = (state: ShipmentState, detail: string): Problem =>
  new Problem({
    status: 409,
    slug: LOGISTICS_PROBLEMS.illegalMove,
    title: "Not possible in this state",
    detail,
    extensions: { state },
  });
