/** Whether what was accepted, paid, sent and given back is the same: pure arithmetic over rows of four databases. */

/** An order as its service has it. Money in minor units. */
export interface OrderRow {
  readonly id: string;
  readonly state: string;
  readonly total: number | null;
  readonly refunded: number;
}

/** The payment of an order. */
export interface PaymentRow {
  readonly order_id: string;
  readonly state: string;
  readonly captured: number;
  readonly refunded: number;
}

/** The parcel of an order. */
export interface ShipmentRow {
  readonly order_id: string;
  readonly state: string;
}

/** What the services know of the orders of a while. */
export interface Books {
  readonly orders: readonly OrderRow[];
  readonly payments: readonly PaymentRow[];
  readonly shipments: readonly ShipmentRow[];
}

/** The books beside what buyers were told. */
export interface Audit {
  /** Orders that were paid for, whatever became of them afterwards. */
  readonly paid: number;
  /** Paid orders whose parcel is, or was, on its way or in preparation. */
  readonly shipped: number;
  /** Paid orders that were cancelled or wholly refunded. */
  readonly refunded: number;
  /** Paid orders without a parcel that were not given back, either. */
  readonly inFlight: number;
  /** Orders that nobody has brought to an end yet. */
  readonly unfinished: number;
  /** Each fault in words; empty where the books are right. */
  readonly faults: readonly string[];
}

const PAID = new Set(["paid", "shipped", "delivered", "cancelling", "cancelled", "refunded"]);
const GIVEN_BACK = new Set(["cancelled", "refunded"]);
const UNFINISHED = new Set(["pending", "reserved", "compensating", "cancelling"]);

/**
 * Audits the books.
 *
 * @param acknowledged Ids of the orders whose buyers were told that they are paid, one for each answer.
 */
export function audit({ orders, payments, shipments }: Books, acknowledged: readonly string[]): Audit {
  const faults: string[] = [];
  const known = new Map(orders.map((order) => [order.id, order]));
  const paid = orders.filter(({ state }) => PAID.has(state));
  const paidIds = new Set(paid.map(({ id }) => id));

  for (const id of duplicates(acknowledged)) faults.push(`order ${id} was acknowledged to two buyers`);
  for (const id of new Set(acknowledged)) {
    const order = known.get(id);
    if (order === undefined) faults.push(`order ${id} was acknowledged and is lost`);
    else if (!PAID.has(order.state))
      faults.push(`order ${id} was acknowledged as paid and is ${order.state}`);
  }

  const money = groupBy(payments, ({ order_id }) => order_id);
  for (const { id, total, refunded } of paid) {
    const own = money.get(id) ?? [];
    const captured = own.filter((payment) => payment.captured > 0);
    if (captured.length !== 1) faults.push(`order ${id} is paid by ${captured.length} payments`);
    for (const payment of captured) {
      if (payment.captured !== total)
        faults.push(`order ${id} costs ${total} and ${payment.captured} was taken`);
      if (payment.refunded !== refunded)
        faults.push(`order ${id} gave ${refunded} back and its payment ${payment.refunded}`);
    }
  }
  for (const { order_id, captured, refunded } of payments) {
    const order = known.get(order_id);
    const atWork = order !== undefined && UNFINISHED.has(order.state);
    if (captured > refunded && !paidIds.has(order_id) && !atWork)
      faults.push(
        `${captured - refunded} was taken for order ${order_id}, which is ${order?.state ?? "not there"}`,
      );
  }

  const parcels = groupBy(shipments, ({ order_id }) => order_id);
  const leaving = (id: string) => (parcels.get(id) ?? []).filter(({ state }) => state !== "cancelled");
  for (const [id, own] of parcels) {
    if (own.length > 1) faults.push(`order ${id} has ${own.length} shipments`);
    if (leaving(id).length > 0 && !paidIds.has(id))
      faults.push(`a parcel leaves for order ${id}, which is not paid`);
  }
  const refunded = paid.filter(({ state }) => GIVEN_BACK.has(state));
  const shipped = paid.filter(({ id, state }) => !GIVEN_BACK.has(state) && leaving(id).length > 0);
  return {
    paid: paid.length,
    shipped: shipped.length,
    refunded: refunded.length,
    inFlight: paid.length - shipped.length - refunded.length,
    unfinished: orders.filter(({ state }) => UNFINISHED.has(state)).length,
    faults,
  };
}

function duplicates(ids: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(ids.filter((id) => seen.size === seen.add(id).size));
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}
