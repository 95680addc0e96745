import { type Queryable, statement } from "../../chassis/index.ts";

/** Orders that one turn erases at the most. */
const BATCH = 500;

/**
 * The answer that was stored has the address, too, and a guest's scope is a digest of the mail address. Nobody repeats a
 * request after so long.
 */
const ERASE = statement<{ id: string }>(
  "order-erase-people",
  `UPDATE orders SET erased_at = now(), customer_email = '', response = '{}',
     ship_to = jsonb_build_object('country', ship_to->'country'), idempotency_scope = 'erased:' || id
   WHERE id IN (
     SELECT id FROM orders
     WHERE erased_at IS NULL AND ended_at < now() - make_interval(days => $1)
     ORDER BY ended_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING id`,
);

/**
 * Erases who ordered and where it went of orders that ended so many days ago. What it was and what it cost stays, and so
 * does the buyer's account as a number, which names nobody once the account is deleted.
 *
 * @returns Whether there may be more of them.
 */
export async function erasePeople(database: Queryable, keptDays: number): Promise<boolean> {
  return (await database.query(ERASE, [keptDays])).length === BATCH;
}
