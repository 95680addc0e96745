import type { Address, ShippingMethod } from "../../contracts/address.ts";

/** A parcel to be sent. */
export interface Parcel {
  /** The shipment's id: a second booking with the same one answers as the first. */
  readonly reference: string;
  readonly shipTo: Address;
  readonly shipping: ShippingMethod;
}

/** A parcel that the carrier has taken on. */
export interface Booking {
  readonly trackingNumber: string;
  readonly expectedAt: Date;
}

/** What a carrier tells of a parcel. A `delayed` one is where it was; a `returned` one comes back to the sender. */
export const CARRIER_STATUSES = [
  "in-transit",
  "out-for-delivery",
  "delayed",
  "delivered",
  "lost",
  "returned",
] as const;
export type CarrierStatus = (typeof CARRIER_STATUSES)[number];

/** Something that happened to a parcel. */
export interface CarrierEvent {
  /** Counts the parcel's events from 1. */
  readonly number: number;
  readonly at: Date;
  readonly status: CarrierStatus;
  /** One sentence for whoever follows the parcel; names neither people nor streets. */
  readonly note: string;
}

/** A parcel of which news is asked for. */
export interface FollowedParcel {
  readonly reference: string;
  /** Number of the last event that is known; 0 where none is. */
  readonly after: number;
}

/** The parcel was called off; it can no longer be booked. */
export class ParcelCancelledError extends Error {
  override readonly name = "ParcelCancelledError";
}

/**
 * Whoever brings parcels. Each call may safely be repeated, and rejects where the carrier cannot be asked or does not
 * answer before `signal` aborts; the same call is then made again later.
 */
export interface Carrier {
  /** What people know it by. */
  readonly name: string;
  /**
   * Takes a parcel on, once a reference.
   *
   * @throws {ParcelCancelledError} when it was called off before.
   */
  book(parcel: Parcel, signal: AbortSignal): Promise<Booking>;
  /**
   * News of many parcels at once.
   *
   * @returns By reference the events that are not known, the earliest first; a parcel without any may be left out.
   */
  track(
    parcels: readonly FollowedParcel[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly CarrierEvent[]>>;
  /** Calls a parcel off, whether or not it was booked: a booking that comes later is refused. */
  cancel(reference: string, signal: AbortSignal): Promise<void>;
}
