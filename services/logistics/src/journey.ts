import { createHash } from "node:crypto";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import type { CarrierEvent, CarrierStatus } from "./carrier.ts";

export const FATES = ["delivered", "delayed", "lost", "returned"] as const;
/** How a simulated parcel ends, and whether it takes its time. */
export type Fate = (typeof FATES)[number];

/** How a simulated parcel travels. */
export interface Journey {
  readonly fate: Fate;
  /** Sorting centres on its way. */
  readonly hubs: number;
}

/** Cities and postal codes that begin so decide what becomes of a parcel, whatever their case. */
const MARKS: readonly (readonly [string, Fate])[] = [
  ["LOST", "lost"],
  ["DELAYED", "delayed"],
  ["RETURN", "returned"],
];
const MOST_HUBS = 3;
/** Steps that a delayed parcel loses, and after which a lost one is given up. */
const WAIT = 3;

/** The journey of a parcel: always the same for the same reference and address. */
export function journeyOf(
  reference: string,
  { city, postalCode }: Pick<Address, "city" | "postalCode">,
  shipping: ShippingMethod,
): Journey {
  const places = [city.toUpperCase(), postalCode.toUpperCase()];
  const mark = MARKS.find(([prefix]) => places.some((place) => place.startsWith(prefix)));
  const [byte = 0] = createHash("sha256").update(reference).digest();
  return { fate: mark?.[1] ?? "delivered", hubs: shipping === "express" ? 1 : 1 + (byte % MOST_HUBS) };
}

interface Stop {
  readonly step: number;
  readonly status: CarrierStatus;
  readonly note: string;
}

/** What happens on a journey, and at which of its steps. */
function stopsOf({ fate, hubs }: Journey): Stop[] {
  const stops: Stop[] = [{ step: 1, status: "in-transit", note: "Picked up by the carrier" }];
  let step = 1;
  const add = (status: CarrierStatus, note: string, steps = 1) => {
    step += steps;
    stops.push({ step, status, note });
  };
  for (let hub = 1; hub <= hubs; hub++) add("in-transit", "Sorted at a parcel centre");
  if (fate === "lost") {
    add("lost", "The parcel cannot be found", WAIT);
    return stops;
  }
  if (fate === "delayed") {
    add("delayed", "Delayed: the parcel is still at the parcel centre");
    step += WAIT;
  }
  add("out-for-delivery", "Out for delivery");
  if (fate === "returned") add("returned", "Could not be delivered; the parcel goes back to the sender");
  else add("delivered", "Delivered");
  return stops;
}

const later = (start: Date, step: number, stepSeconds: number): Date =>
  new Date(start.getTime() + step * stepSeconds * 1000);

/** When a parcel should arrive, as far as is known at the start. */
export function expectedArrival({ hubs }: Journey, bookedAt: Date, stepSeconds: number): Date {
  const steps = stopsOf({ fate: "delivered", hubs }).at(-1)?.step ?? 0;
  return later(bookedAt, steps, stepSeconds);
}

/** Everything that has happened on a journey by now, the earliest first. */
export function eventsBy(now: Date, journey: Journey, bookedAt: Date, stepSeconds: number): CarrierEvent[] {
  return stopsOf(journey)
    .map(({ step, status, note }, index) => ({
      number: index + 1,
      at: later(bookedAt, step, stepSeconds),
      status,
      note,
    }))
    .filter(({ at }) => at <= now);
}
