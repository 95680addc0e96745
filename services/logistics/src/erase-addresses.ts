import { type Queryable, statement } from "../../chassis/index.ts";

/** Addresses that one turn erases at the most. */
const BATCH = 500;

const ERASE = statement<{ id: string }>(
  "shipment-erase-addresses",
  `UPDATE shipments SET ship_to = NULL
   WHERE id IN (
     SELECT id FROM shipments
     WHERE ship_to IS NOT NULL AND ended_at < now() - make_interval(days => $1)
     LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING id`,
);

/**
 * Erases where parcels went that were over so many days ago; the country stays, for statistics.
 *
 * @returns Whether there may be more of them.
 */
export async function eraseAddresses(database: Queryable, keptDays: number): Promise<boolean> {
  return (await database.query(ERASE, [keptDays])).length === BATCH;
}
