import { statement } from "../../chassis/index.ts";
import type { TestDatabase } from "../../chassis/test/running.ts";

/** What all databases say together, once every order came to rest. */
export interface Books {
  readonly orders: Readonly<Record<string, number>>;
  /** Money of paid orders that was not given back, as the order service and as the ledger has it. */
  readonly revenue: number;
  readonly ledgerRevenue: number;
  /** Must be 0 at any time. */
  readonly ledgerSum: number;
  /** Pieces of paid orders that did not come back into stock, and those that the catalog has as sold. */
  readonly sold: number;
  readonly confirmed: number;
  /** Pieces that are held for orders under way. */
  readonly held: number;
  /** Events that were stored: sent or still waiting. */
  readonly waitingEvents: number;
  /** Refunds that are not done with. */
  readonly pendingRefunds: number;
}

const count = (name: string, sql: string) => statement<{ count: number }>(name, sql);
const HAS_GOODS = "state IN ('paid', 'shipped', 'delivered', 'refunded')";

const STATES = statement<{ state: string; count: number }>(
  "books-states",
  "SELECT state, count(*) AS count FROM orders GROUP BY state",
);
const REVENUE = count(
  "books-revenue",
  `SELECT coalesce(sum(total - refunded), 0)::bigint AS count FROM orders
   WHERE ${HAS_GOODS} OR state IN ('cancelling', 'cancelled')`,
);
const SOLD = count(
  "books-sold",
  `SELECT (
     (SELECT coalesce(sum((line->>'quantity')::int), 0) FROM orders, jsonb_array_elements(lines) AS line
      WHERE ${HAS_GOODS})
     - (SELECT coalesce(sum((line->>'quantity')::int), 0) FROM refunds, jsonb_array_elements(refunds.lines) AS line
        WHERE state = 'done' AND kind IN ('request', 'return') AND restock
          AND order_id IN (SELECT id FROM orders WHERE ${HAS_GOODS})))::bigint AS count`,
);
const WAITING = count("books-waiting", "SELECT count(*) AS count FROM outbox");
const PENDING_REFUNDS = count(
  "books-pending-refunds",
  "SELECT count(*) AS count FROM refunds WHERE state = 'pending'",
);
const LEDGER_SUM = count(
  "books-ledger-sum",
  "SELECT coalesce(sum(amount), 0)::bigint AS count FROM ledger_entries",
);
const LEDGER_REVENUE = count(
  "books-ledger-revenue",
  "SELECT coalesce(sum(amount), 0)::bigint AS count FROM ledger_entries WHERE account = 'provider'",
);
const PIECES = statement<{ state: string; count: number }>(
  "books-pieces",
  `SELECT state, sum(quantity - returned)::bigint AS count FROM reservation JOIN reservation_line USING (order_id)
   GROUP BY state`,
);

/** Reads the books of the order, payment and catalog services. */
export async function readBooks(
  orders: TestDatabase,
  payments: TestDatabase,
  goods: TestDatabase,
): Promise<Books> {
  const states = await orders.database.query(STATES);
  const pieces = new Map((await goods.database.query(PIECES)).map((row) => [row.state, row.count]));
  const one = async ({ database }: TestDatabase, query: typeof WAITING) =>
    (await database.query(query))[0]?.count ?? Number.NaN;
  return {
    orders: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    revenue: await one(orders, REVENUE),
    ledgerRevenue: await one(payments, LEDGER_REVENUE),
    ledgerSum: await one(payments, LEDGER_SUM),
    sold: await one(orders, SOLD),
    confirmed: pieces.get("confirmed") ?? 0,
    held: pieces.get("held") ?? 0,
    waitingEvents: await one(orders, WAITING),
    pendingRefunds: await one(orders, PENDING_REFUNDS),
  };
}
