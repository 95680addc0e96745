import { randomBytes } from "node:crypto";
import { type Database, statement } from "../../chassis/index.ts";
import { type Carrier, ParcelCancelledError } from "./carrier.ts";
import { eventsBy, expectedArrival, type Journey, journeyOf } from "./journey.ts";

/** Digits and letters that nobody takes for each other (Crockford): 32 of them, so each carries five bits. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 100 random bits. */
const LENGTH = 20;

/** A tracking number that nobody can guess. */
export const newTrackingNumber = (): string =>
  `TS${[...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;

interface ParcelRow extends Journey {
  readonly reference: string;
  readonly tracking_number: string | null;
  readonly booked_at: Date;
  readonly cancelled_at: Date | null;
}

const BOOK = statement(
  "carrier-book",
  `INSERT INTO simulated_carrier.parcels (reference, tracking_number, fate, hubs, booked_at)
   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (reference) DO NOTHING`,
);
const FIND = statement<ParcelRow>(
  "carrier-find",
  `SELECT reference, tracking_number, fate, hubs, booked_at, cancelled_at FROM simulated_carrier.parcels
   WHERE reference = ANY ($1)`,
);
const CANCEL = statement(
  "carrier-cancel",
  `INSERT INTO simulated_carrier.parcels (reference, cancelled_at) VALUES ($1, $2)
   ON CONFLICT (reference) DO UPDATE SET cancelled_at = coalesce(parcels.cancelled_at, excluded.cancelled_at)`,
);

/** How the simulated carrier works. */
export interface SimulatedCarrierOptions {
  /** Seconds from one stop of a journey to the next; 0 for a journey that is over at once. */
  readonly stepSeconds: number;
  /** Default: the clock of this machine. */
  readonly now?: () => Date;
}

/**
 * A carrier for environments that send nothing. Its parcels move as the clock does; what becomes of one depends on its
 * address only: see {@link journeyOf}.
 */
export function simulatedCarrier(
  database: Pick<Database, "query">,
  { stepSeconds, now = () => new Date() }: SimulatedCarrierOptions,
): Carrier {
  const find = (references: readonly string[]): Promise<ParcelRow[]> => database.query(FIND, [references]);
  return {
    name: "Simulated Parcels",
    async book({ reference, shipTo, shipping }) {
      const { fate, hubs } = journeyOf(reference, shipTo, shipping);
      await database.query(BOOK, [reference, newTrackingNumber(), fate, hubs, now()]);
      const [parcel] = await find([reference]);
      if (parcel === undefined || parcel.tracking_number === null || parcel.cancelled_at !== null) {
        throw new ParcelCancelledError(`parcel ${reference} was called off`);
      }
      return {
        trackingNumber: parcel.tracking_number,
        expectedAt: expectedArrival(parcel, parcel.booked_at, stepSeconds),
      };
    },
    async track(followed) {
      const known = new Map(followed.map(({ reference, after }) => [reference, after]));
      const parcels = (await find([...known.keys()])).filter((parcel) => parcel.cancelled_at === null);
      const news = (parcel: ParcelRow) =>
        eventsBy(now(), parcel, parcel.booked_at, stepSeconds).filter(
          ({ number }) => number > (known.get(parcel.reference) ?? 0),
        );
      return new Map(parcels.map((parcel) => [parcel.reference, news(parcel)]));
    },
    async cancel(reference) {
      await database.query(CANCEL, [reference, now()]);
    },
  };
}
