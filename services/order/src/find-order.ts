import { type Queryable, statement } from "../../chassis/index.ts";
import type { Order } from "../../contracts/order-api.ts";

const SHOW = statement<{
  id: string;
  state: Order["state"];
  currency: string | null;
  total: number | null;
  lines: Order["lines"];
  payment_id: string | null;
  created_at: Date;
}>(
  "order-show",
  "SELECT id, state, currency, total, lines, payment_id, created_at FROM orders WHERE id = $1",
);

/** Finds an order as the API shows it; undefined when there is none. */
export async function findOrder(database: Queryable, id: string): Promise<Order | undefined> {
  const [row] = await database.query(SHOW, [id]);
  return (
    row && {
      id: row.id,
      state: row.state,
      ...(row.currency !== null && { currency: row.currency }),
      ...(row.total !== null && { total: row.total }),
      lines: row.lines,
      ...(row.payment_id !== null && { paymentId: row.payment_id }),
      createdAt: row.created_at.toISOString(),
    }
  );
}
