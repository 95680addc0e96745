import { FORGOTTEN_AT_ONCE, type Queryable, statement } from "../../chassis/index.ts";

/**
 * Makes what removes rows that nobody needs any more, few at a time.
 *
 * @param table Such as `mail`.
 * @param where Which rows those are, in SQL.
 * @param atOnce Rows that one statement removes at the most.
 * @returns A turn that removes some, and answers whether there may be more.
 */
export function forgetting(
  table: string,
  where: string,
  atOnce = FORGOTTEN_AT_ONCE,
): (database: Queryable) => Promise<boolean> {
  const forget = statement<{ removed: true }>(
    `${table}-forget`,
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${where} LIMIT ${atOnce} FOR UPDATE SKIP LOCKED))
     RETURNING true AS removed`,
  );
  return async (database) => (await database.query(forget)).length === atOnce;
}
