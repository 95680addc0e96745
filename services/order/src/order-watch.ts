import { type Database, type ServiceContext, statement } from "../../chassis/index.ts";
import type { OrderState } from "../../contracts/order-api.ts";

/** States that an order only passes through; one that stays there is stuck. */
const PASSING = ["pending", "reserved", "compensating", "cancelling"] as const satisfies OrderState[];

/** Reads the few orders that are under way by their own index, whatever the number of those that came to an end. */
const UNDER_WAY = statement<{ state: string; orders: number; oldest: number }>(
  "orders-under-way",
  `SELECT state, count(*)::int AS orders,
     extract(epoch FROM clock_timestamp() - min(since))::float8 AS oldest
   FROM (
     SELECT state, (SELECT max(since) FROM order_history WHERE order_id = orders.id) AS since
     FROM orders WHERE state IN ('pending', 'reserved', 'compensating', 'cancelling')
   ) AS under_way
   GROUP BY state`,
);

/** Refunds that nobody was asked about, because the shop owes them; see the refund saga. */
const OWED_REFUSED = statement<{ count: number }>(
  "owed-refunds-refused",
  "SELECT count(*) AS count FROM refunds WHERE state = 'pending' AND refusals > 0",
);

/** How many orders are in a state that they only pass through, and since when the oldest of them is, in seconds. */
export async function ordersUnderWay(
  database: Pick<Database, "query">,
): Promise<{ state: string; orders: number; oldest: number }[]> {
  const found = new Map((await database.query(UNDER_WAY)).map((row) => [row.state, row]));
  return PASSING.map((state) => found.get(state) ?? { state, orders: 0, oldest: 0 });
}

/** Shows whether orders are stuck, to whoever reads the metrics. */
export function watchOrders({ database, metrics }: Pick<ServiceContext, "database" | "metrics">): void {
  const read = async (pick: (row: { orders: number; oldest: number }) => number) => {
    const rows = await ordersUnderWay(database).catch(() => []);
    return rows.map((row) => [row.state, pick(row)] as const);
  };
  metrics.gauges("orders_under_way", "Orders in states that they only pass through", "state", () =>
    read((row) => row.orders),
  );
  metrics.gauges(
    "orders_under_way_oldest_seconds",
    "Time since the oldest of these orders came into its state",
    "state",
    () => read((row) => row.oldest),
  );
  metrics.gauge(
    "order_owed_refunds_refused",
    "Refunds that the shop owes and the payment provider has refused so far",
    async () => {
      const [row] = await database.query(OWED_REFUSED).catch(() => []);
      return row?.count ?? Number.NaN;
    },
  );
}
