import { type Queryable, statement } from "../../chassis/index.ts";
import type { Reservation, ReservationRequest, ReturnedGoods } from "../../contracts/catalog-api.ts";

type Line = ReservationRequest["lines"][number];

/** Where a reservation is in its life. Only a held one moves, to one of the others. */
export type ReservationState = "held" | "confirmed" | "released" | "expired";

/** What became of an attempt to reserve. Nothing is reserved unless it says so. */
export type ReserveOutcome =
  | { readonly outcome: "held"; readonly reservation: Reservation }
  /** There is one for this order already: perhaps the same, repeated. */
  | { readonly outcome: "exists"; readonly state: ReservationState; readonly reservation: Reservation }
  | { readonly outcome: "unknown-sku"; readonly sku: string }
  | {
      readonly outcome: "out-of-stock";
      readonly sku: string;
      readonly requested: number;
      readonly available: number;
    }
  | { readonly outcome: "mixed-currencies"; readonly currencies: readonly string[] };

/** What became of an attempt to return goods. Nothing comes back unless it says so. */
export type ReturnOutcome =
  | {
      readonly outcome: "returned";
      readonly lines: ReturnedGoods["lines"];
      readonly products: readonly string[];
    }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "not-confirmed"; readonly state: ReservationState }
  | { readonly outcome: "not-returnable"; readonly sku: string; readonly returnable: number };

const RESERVE = statement<{ answer: ReserveOutcome }>(
  "reserve-stock",
  "SELECT reserve_stock($1, $2, $3, make_interval(secs => $4)) AS answer",
);
const CONFIRM = statement<{ state: ReservationState }>(
  "confirm-reservation",
  `UPDATE reservation SET state = 'confirmed', changed_at = now()
   WHERE order_id = $1 AND state = 'held'
   RETURNING state`,
);
const STATE = statement<{ state: ReservationState }>(
  "reservation-state",
  "SELECT state FROM reservation WHERE order_id = $1",
);
const RELEASE = statement<{ state_before: ReservationState | null; changed_products: string[] }>(
  "release-reservation",
  "SELECT state_before, changed_products FROM release_reservation($1)",
);
const EXPIRE = statement<{ expired: number; changed_products: string[] }>(
  "expire-reservations",
  "SELECT expired, changed_products FROM expire_reservations($1)",
);
const RETURN = statement<{ answer: ReturnOutcome }>(
  "return-goods",
  "SELECT return_goods($1, $2, $3) AS answer",
);
// Deletes few at a time, so that nobody waits for it.
const PURGE = statement<{ purged: number }>(
  "purge-reservations",
  `WITH purged AS (
     DELETE FROM reservation WHERE order_id IN (
       (SELECT order_id FROM reservation
        WHERE state IN ('released', 'expired') AND changed_at < now() - make_interval(days => $1) LIMIT $3)
       UNION ALL
       (SELECT order_id FROM reservation
        WHERE state = 'confirmed' AND changed_at < now() - make_interval(days => $2) LIMIT $3))
     RETURNING order_id)
   SELECT count(*) AS purged FROM purged`,
);

/** Holds every line of an order, or none. `lines` must not name a SKU twice. */
export async function reserve(
  database: Queryable,
  orderId: string,
  lines: readonly Line[],
  ttlSeconds: number,
): Promise<ReserveOutcome> {
  const skus = lines.map(({ sku }) => sku);
  const quantities = lines.map(({ quantity }) => quantity);
  const [row] = await database.query(RESERVE, [orderId, skus, quantities, ttlSeconds]);
  if (row === undefined) throw new Error("reserve_stock answered nothing");
  return row.answer;
}

/**
 * Makes a held reservation final. One whose time is over but that is still held is confirmed as well: its stock is
 * still there.
 *
 * @returns The state it is in now; undefined where there is none.
 */
export async function confirm(database: Queryable, orderId: string): Promise<ReservationState | undefined> {
  const [confirmed] = await database.query(CONFIRM, [orderId]);
  const [found] = confirmed === undefined ? await database.query(STATE, [orderId]) : [confirmed];
  return found?.state;
}

/** Gives the stock of a held reservation back. Tells the state before and the products whose stock changed. */
export async function release(
  database: Queryable,
  orderId: string,
): Promise<{
  readonly stateBefore: ReservationState | undefined;
  readonly changedProducts: readonly string[];
}> {
  const [row] = await database.query(RELEASE, [orderId]);
  return { stateBefore: row?.state_before ?? undefined, changedProducts: row?.changed_products ?? [] };
}

/** Gives the stock of reservations back whose time is over, at most `batch` of them. */
export async function expire(
  database: Queryable,
  batch: number,
): Promise<{ readonly expired: number; readonly changedProducts: readonly string[] }> {
  const [row] = await database.query(EXPIRE, [batch]);
  return { expired: row?.expired ?? 0, changedProducts: row?.changed_products ?? [] };
}

/**
 * Takes goods that were sold back into the stock: all that have not come back yet where `lines` is undefined. `lines`
 * must not name a SKU twice.
 */
export async function takeBack(
  database: Queryable,
  orderId: string,
  lines: readonly Line[] | undefined,
): Promise<ReturnOutcome> {
  const skus = lines?.map(({ sku }) => sku) ?? null;
  const quantities = lines?.map(({ quantity }) => quantity) ?? null;
  const [row] = await database.query(RETURN, [orderId, skus, quantities]);
  if (row === undefined) throw new Error("return_goods answered nothing");
  return row.answer;
}

/**
 * Forgets reservations that nobody asks for any more.
 *
 * @param closedDays How long released and expired ones are kept, in days.
 * @param soldDays How long confirmed ones are kept, in days: what is in them can be returned for so long.
 * @param batch How many of each kind are deleted at the most.
 * @returns How many were deleted.
 */
export async function purge(
  database: Queryable,
  closedDays: number,
  soldDays: number,
  batch: number,
): Promise<number> {
  const [row] = await database.query(PURGE, [closedDays, soldDays, batch]);
  return row?.purged ?? 0;
}

/** Whether a reservation is for exactly these lines. */
export function hasLines(reservation: Reservation, lines: readonly Line[]): boolean {
  const wanted = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  return (
    wanted.size === reservation.lines.length &&
    reservation.lines.every(({ sku, quantity }) => wanted.get(sku) === quantity)
  );
}
