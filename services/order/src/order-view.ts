import { type Queryable, statement } from "../../chassis/index.ts";
import type { Address, ShippingMethod } from "../../contracts/address.ts";
import type { Order, OrderPage } from "../../contracts/order-api.ts";
import type { Ownership } from "./buyer.ts";

interface ViewRow {
  readonly id: string;
  readonly state: Order["state"];
  readonly user_id: string | null;
  readonly token_hash: Buffer | null;
  readonly currency: string | null;
  readonly goods: number | null;
  readonly shipping_cost: number | null;
  readonly tax: number | null;
  readonly total: number | null;
  readonly refunded: number;
  readonly lines: Order["lines"];
  /** Pieces that came back, by SKU; null where none did. */
  readonly returned: Readonly<Record<string, number>> | null;
  /** Pieces that are to come back, by SKU; null where none are. */
  readonly awaited: Readonly<Record<string, number>> | null;
  /** Only with a country once it was erased. */
  readonly ship_to: Address;
  readonly erased_at: Date | null;
  readonly shipping: ShippingMethod;
  readonly payment_id: string | null;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly delivered_at: Date | null;
  readonly created_at: Date;
}

const VIEW = `SELECT id, state, user_id, token_hash, currency, goods, shipping_cost, tax, total, refunded, lines,
  ship_to, erased_at, shipping, payment_id, carrier, tracking_number, delivered_at, created_at,
  CASE WHEN refund_planned > 0 THEN returned_pieces(id) END AS returned,
  CASE WHEN delivered_at IS NOT NULL THEN awaited_pieces(id) END AS awaited
  FROM orders`;
const SHOW = statement<ViewRow>("order-show", `${VIEW} WHERE id = $1`);
const PAGE_OF_USER = statement<ViewRow>(
  "order-page-of-user",
  `${VIEW} WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
);
const PAGE_OF_EMAIL = statement<ViewRow>(
  "order-page-of-email",
  `${VIEW} WHERE lower(customer_email) = lower($1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
);

/** An order as the API shows it, and whose it is. */
export interface OrderView {
  readonly order: Order;
  readonly ownership: Ownership;
}

/** Finds an order; undefined when there is none. */
export async function findOrder(
  database: Pick<Queryable, "query">,
  id: string,
): Promise<OrderView | undefined> {
  const [row] = await database.query(SHOW, [id]);
  if (row === undefined) return undefined;
  const ownership = { userId: row.user_id ?? undefined, tokenHash: row.token_hash ?? undefined };
  return { order: shownOrder(row), ownership };
}

/** Whose orders are listed. */
export type Listed = { readonly userId: string } | { readonly email: string };

/**
 * Lists orders, the newest first.
 *
 * @param after `next` of the page before.
 */
export async function listOrders(
  database: Queryable,
  whose: Listed,
  limit: number,
  after: string | undefined,
): Promise<OrderPage> {
  const [page, who] = "userId" in whose ? [PAGE_OF_USER, whose.userId] : [PAGE_OF_EMAIL, whose.email];
  // One more than is shown tells whether there is a next page.
  const rows = await database.query(page, [who, after ?? null, limit + 1]);
  const items = rows.slice(0, limit).map(shownOrder);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function shownOrder(row: ViewRow): Order {
  const { currency, goods, shipping_cost, tax, total, carrier, tracking_number } = row;
  const isPriced = goods !== null && shipping_cost !== null && tax !== null && total !== null;
  return {
    id: row.id,
    state: row.state,
    ...(currency !== null && { currency }),
    ...(isPriced && { totals: { goods, shipping: shipping_cost, tax, total } }),
    refunded: row.refunded,
    lines: row.lines.map((line) => {
      const returned = row.returned?.[line.sku];
      const awaited = row.awaited?.[line.sku];
      return {
        ...line,
        ...(returned !== undefined && { returned }),
        ...(awaited !== undefined && { awaited }),
      };
    }),
    ...(row.erased_at === null && { shipTo: row.ship_to }),
    shipping: row.shipping,
    ...(row.payment_id !== null && { paymentId: row.payment_id }),
    ...(carrier !== null &&
      tracking_number !== null && { tracking: { carrier, trackingNumber: tracking_number } }),
    ...(row.delivered_at !== null && { deliveredAt: row.delivered_at.toISOString() }),
    createdAt: row.created_at.toISOString(),
  };
}
