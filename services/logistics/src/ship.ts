import { type Logger, outboxRow, SpanKind, type Tracing, within } from "../../chassis/index.ts";
import { shipmentDelivered, shipmentDispatched, shipmentLost } from "../../contracts/logistics-api.ts";
import { type Carrier, type CarrierEvent, ParcelCancelledError } from "./carrier.ts";
import {
  type CancelledShipment,
  type DueShipment,
  isOver,
  type PreparingShipment,
  stateAfter,
  type Target,
  type TravellingShipment,
} from "./shipment.ts";
import type { ShipmentStore } from "./shipment-store.ts";

/** What moving shipments on takes. */
export interface ShippingContext {
  readonly store: ShipmentStore;
  readonly carrier: Carrier;
  readonly tracing: Tracing;
  /** The carrier is asked for news of a parcel so often, in seconds. */
  readonly trackingSeconds: number;
  /** Each of the carrier's answers may take this long, in milliseconds. */
  readonly carrierTimeout: number;
  /** Called when an event was stored. */
  readonly onEvent: () => void;
  /** Called when a shipment came to its end. */
  readonly onEnd: (state: "delivered" | "lost") => void;
}

/** Shipments that one turn takes up at the most. */
const BATCH = 100;

/**
 * Moves on the shipments about which something is to be done. Replicas share them by leases; what one that died has
 * left undone, another takes up when its lease is over. Every step may safely be done twice.
 *
 * @returns Whether there may be more of them.
 */
export async function shipDue(context: ShippingContext, log: Logger): Promise<boolean> {
  const { store, tracing, trackingSeconds } = context;
  const due = await store.takeDue(BATCH, trackingSeconds);
  const trying = async (shipment: DueShipment, work: () => Promise<void>) => {
    try {
      const { state, traceparent } = shipment;
      await within(tracing, `ship ${state}`, traceparent, { kind: SpanKind.INTERNAL }, work);
    } catch (error) {
      log.warn({ err: error, shipmentId: shipment.id }, "a shipment cannot be moved on yet");
      await store.defer(shipment);
    }
  };
  const travelling: TravellingShipment[] = [];
  const work: Promise<void>[] = [];
  for (const shipment of due) {
    if (shipment.state === "preparing") work.push(trying(shipment, () => dispatch(context, shipment)));
    else if (shipment.state === "cancelled") work.push(trying(shipment, () => callOff(context, shipment)));
    else travelling.push(shipment);
  }
  const news = newsOf(context, travelling);
  for (const shipment of travelling) {
    work.push(trying(shipment, async () => follow(context, shipment, (await news).get(shipment.id) ?? [])));
  }
  await Promise.all(work);
  return due.length === BATCH;
}

/** What the carrier has to tell of parcels, asked for all of them at once. */
async function newsOf(
  { carrier, carrierTimeout }: ShippingContext,
  shipments: readonly TravellingShipment[],
): Promise<ReadonlyMap<string, readonly CarrierEvent[]>> {
  if (shipments.length === 0) return new Map();
  const parcels = shipments.map(({ id: reference, carrierEvents: after }) => ({ reference, after }));
  return carrier.track(parcels, AbortSignal.timeout(carrierTimeout));
}

async function callOff(context: ShippingContext, shipment: CancelledShipment): Promise<void> {
  await context.carrier.cancel(shipment.id, AbortSignal.timeout(context.carrierTimeout));
  await context.store.calledOff(shipment);
}

/**
 * Hands a parcel to the carrier. Whether it was dispatched or cancelled before is decided by the row: a booking for
 * one that is cancelled by then is called off by whoever takes up the cancelled shipment.
 */
async function dispatch(context: ShippingContext, shipment: PreparingShipment): Promise<void> {
  const { store, carrier } = context;
  const { id: shipmentId, orderId, shipTo, shipping } = shipment;
  const signal = AbortSignal.timeout(context.carrierTimeout);
  const booking = await carrier.book({ reference: shipmentId, shipTo, shipping }, signal).catch((error) => {
    if (error instanceof ParcelCancelledError) return undefined;
    throw error;
  });
  if (booking === undefined) return;
  const { trackingNumber } = booking;
  const event = outboxRow(shipmentDispatched, orderId, {
    orderId,
    shipmentId,
    carrier: carrier.name,
    trackingNumber,
  });
  const note = `Handed to ${carrier.name}`;
  if (await store.dispatch(shipment, booking, note, context.trackingSeconds, event)) context.onEvent();
}

/** Takes in the carrier's news of a parcel, one event after the other. */
async function follow(
  context: ShippingContext,
  shipment: TravellingShipment,
  events: readonly CarrierEvent[],
): Promise<void> {
  const { store } = context;
  let current = shipment;
  for (const event of events) {
    const target = stateAfter(current.state, event.status);
    const told = tell(current, target, event);
    // Somebody else was faster, and goes on with it.
    if (!(await store.advance(current, target, event, told))) return;
    if (told !== undefined) context.onEvent();
    if (target === "delivered" || target === "lost") return context.onEnd(target);
    current = { ...current, state: target, carrierEvents: event.number };
  }
}

/** What others are told when a shipment comes to its end. */
function tell({ id: shipmentId, orderId }: TravellingShipment, target: Target, { at }: CarrierEvent) {
  if (!isOver(target)) return undefined;
  return target === "delivered"
    ? outboxRow(shipmentDelivered, orderId, { orderId, shipmentId, deliveredAt: at.toISOString() })
    : outboxRow(shipmentLost, orderId, { orderId, shipmentId });
}
