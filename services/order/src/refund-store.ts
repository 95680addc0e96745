import { randomUUIDv7 } from "node:crypto";
import {
  type Database,
  outboxRow,
  type Problem,
  type ProblemDetails,
  type Queryable,
  statement,
  storeEvent,
} from "../../chassis/index.ts";
import type { OrderLine, OrderState } from "../../contracts/order-api.ts";
import { orderRefunded } from "../../contracts/order-events.ts";
import { SYSTEM } from "./buyer.ts";
import { unknownOrder } from "./order.ts";
import { LEASE, PAUSE } from "./order-store.ts";
import type { OrderRefund, PendingRefund, Refundable, RefundPlan } from "./refund.ts";

/** A provider that has refused what the shop owes is asked anew after so long, in minutes. */
const REFUSED_PAUSE_MINUTES = 15;

interface RefundRow {
  readonly id: string;
  readonly order_id: string;
  readonly kind: OrderRefund["kind"];
  readonly request_hash: string;
  readonly state: OrderRefund["state"];
  readonly amount: number;
  readonly lines: OrderRefund["lines"];
  readonly restock: boolean;
  readonly reason: string;
  readonly requested_by: string;
  readonly failure: ProblemDetails | null;
  readonly refusals: number;
  readonly currency: string;
  readonly payment_id: string;
  readonly created_at: Date;
}

const COLUMNS = `r.id, r.order_id, r.kind, r.request_hash, r.state, r.amount, r.lines, r.restock, r.reason,
  r.requested_by, r.failure, r.refusals, r.created_at, orders.currency, orders.payment_id`;
const REFUNDS = `SELECT ${COLUMNS} FROM refunds AS r JOIN orders ON orders.id = r.order_id`;

const LOCK_ORDER = statement<{
  state: OrderState;
  total: number | null;
  refund_planned: number;
  lines: readonly OrderLine[];
  delivered_at: Date | null;
}>(
  "refund-lock-order",
  "SELECT state, total, refund_planned, lines, delivered_at FROM orders WHERE id = $1 FOR UPDATE",
);
type Pieces = Readonly<Record<string, number>> | null;
const RETURNED = statement<{ returned: Pieces; awaited: Pieces }>(
  "refund-returned",
  "SELECT returned_pieces($1) AS returned, awaited_pieces($1) AS awaited",
);
const FIND_BY_KEY = statement<RefundRow>(
  "refund-by-key",
  `${REFUNDS} WHERE r.order_id = $1 AND r.kind = $2 AND r.idempotency_key = $3`,
);
const PLAN = statement<RefundRow>(
  "refund-plan",
  `WITH r AS (
     INSERT INTO refunds (id, order_id, kind, idempotency_key, request_hash, amount, lines, restock, reason,
       requested_by, leased_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $11 THEN now() ELSE ${LEASE} END)
     RETURNING *)
   SELECT ${COLUMNS} FROM r JOIN orders ON orders.id = r.order_id`,
);
const PENDING_OF_ORDER = statement<RefundRow>(
  "refund-pending-of-order",
  `${REFUNDS} WHERE r.order_id = $1 AND r.state = 'pending' ORDER BY r.id`,
);
const OF_ORDER = statement<RefundRow>("refund-of-order", `${REFUNDS} WHERE r.order_id = $1 ORDER BY r.id`);
const FIND = statement<RefundRow>("refund-find", `${REFUNDS} WHERE r.id = $1`);
const TAKE_ABANDONED = statement<RefundRow>(
  "refund-take-abandoned",
  `WITH r AS (
     UPDATE refunds SET leased_until = ${LEASE}, attempts = attempts + 1
     WHERE id IN (
       SELECT id FROM refunds WHERE state = 'pending' AND leased_until < now()
       ORDER BY leased_until LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING *)
   SELECT ${COLUMNS} FROM r JOIN orders ON orders.id = r.order_id`,
);
const DONE = statement<{ order_id: string }>(
  "refund-done",
  `UPDATE refunds SET state = 'done', finished_at = clock_timestamp()
   WHERE id = $1 AND state = 'pending' RETURNING order_id`,
);
const FAIL = statement<{ order_id: string }>(
  "refund-fail",
  `UPDATE refunds SET state = 'failed', finished_at = clock_timestamp(), failure = $2
   WHERE id = $1 AND state = 'pending' RETURNING order_id`,
);
const BALANCE = statement<{ refunded: number; total: number }>(
  "refund-balance",
  "SELECT refunded, total FROM orders WHERE id = $1",
);
const CLOSE_ORDER = statement<{ id: string }>(
  "refund-close-order",
  `UPDATE orders SET state = 'refunded', moved_by = '${SYSTEM}', moved_why = $2
   WHERE id = $1 AND state IN ('paid', 'shipped', 'delivered') AND refunded = total RETURNING id`,
);
/** Counted no more often than every few minutes: until then the key before is answered with its refusal, at no cost. */
const REFUSED = statement<{ id: string }>(
  "refund-refused",
  `UPDATE refunds SET refusals = refusals + 1, refused_at = now()
   WHERE id = $1 AND state = 'pending' AND refusals = $2
     AND (refused_at IS NULL OR refused_at < now() - interval '${REFUSED_PAUSE_MINUTES} minutes')
   RETURNING id`,
);
const DEFER = statement(
  "refund-defer",
  `UPDATE refunds SET leased_until = ${PAUSE} WHERE id = $1 AND state = 'pending'`,
);

/** An order as a refund is planned for it; nobody else plans one meanwhile. */
export interface LockedOrder extends Refundable {
  readonly state: OrderState;
  readonly deliveredAt: Date | undefined;
}

/** A refund before it is stored. */
export interface NewRefund extends RefundPlan, Pick<OrderRefund, "orderId" | "kind" | "restock" | "reason"> {
  /** Chosen by who asks, or the id of the return; empty for the kinds that happen once an order. */
  readonly idempotencyKey: string;
  readonly requestHash: string;
  /** Id of the account that asks, or `guest` or `system`. */
  readonly by: string;
}

/** Locks an order until the transaction ends. */
export async function lockOrder(transaction: Queryable, id: string): Promise<LockedOrder> {
  const [order] = await transaction.query(LOCK_ORDER, [id]);
  if (order === undefined) throw unknownOrder(id);
  // A statement of its own: it sees what was stored while the lock was waited for.
  const [pieces] = await transaction.query(RETURNED, [id]);
  return {
    state: order.state,
    deliveredAt: order.delivered_at ?? undefined,
    left: (order.total ?? 0) - order.refund_planned,
    lines: order.lines.map((line) => ({
      ...line,
      returned: pieces?.returned?.[line.sku] ?? 0,
      awaited: pieces?.awaited?.[line.sku] ?? 0,
    })),
  };
}

/** Finds a refund by what makes it one of a kind. */
export async function findRefund(
  transaction: Queryable,
  { orderId, kind, idempotencyKey }: Pick<NewRefund, "orderId" | "kind" | "idempotencyKey">,
): Promise<OrderRefund | undefined> {
  const [row] = await transaction.query(FIND_BY_KEY, [orderId, kind, idempotencyKey]);
  return row && orderRefund(row);
}

/**
 * Stores a refund, leased to the caller unless it is left to the recovery. The database counts it in its order and
 * refuses one that is too much.
 */
export async function storeRefund(transaction: Queryable, refund: NewRefund): Promise<OrderRefund> {
  const [row] = await transaction.query(PLAN, [
    randomUUIDv7(),
    refund.orderId,
    refund.kind,
    refund.idempotencyKey,
    refund.requestHash,
    refund.amount,
    JSON.stringify(refund.lines),
    refund.restock,
    refund.reason,
    refund.by,
    // Nobody waits for it: the recovery takes it up at once.
    refund.kind === "loss",
  ]);
  if (row === undefined) throw new Error(`a refund of order ${refund.orderId} was not stored`);
  return orderRefund(row);
}

/** Refunds on their way. Like orders, each move is made once and names the state it starts from. */
export class RefundStore {
  readonly #database: Pick<Database, "query" | "transaction">;

  constructor(database: Pick<Database, "query" | "transaction">) {
    this.#database = database;
  }

  /** All refunds of an order with who asked for them, the oldest first. */
  async ofOrder(orderId: string): Promise<{ readonly refund: OrderRefund; readonly by: string }[]> {
    const rows = await this.#database.query(OF_ORDER, [orderId]);
    return rows.map((row) => ({ refund: orderRefund(row), by: row.requested_by }));
  }

  async pendingOf(orderId: string): Promise<PendingRefund[]> {
    return (await this.#database.query(PENDING_OF_ORDER, [orderId])).map(orderRefund).filter(isPending);
  }

  /** Takes up to `limit` pending refunds that nobody is working on. */
  async takeAbandoned(limit: number): Promise<PendingRefund[]> {
    return (await this.#database.query(TAKE_ABANDONED, [limit])).map(orderRefund).filter(isPending);
  }

  /** The money is back: counts it in the order, which ends when nothing is left, and tells others. */
  async finish(refund: PendingRefund): Promise<OrderRefund> {
    const { id, orderId, amount, currency } = refund;
    const moved = await this.#database.transaction(async (transaction) => {
      const done = await transaction.query(DONE, [id]);
      const [balance] = await transaction.query(BALANCE, [orderId]);
      if (done.length === 0 || balance === undefined) return false;
      if (amount === 0) return true;
      await transaction.query(CLOSE_ORDER, [orderId, refund.reason]);
      const { refunded: refundedTotal, total } = balance;
      const event = { orderId, refundId: id, amount, currency, refundedTotal, total };
      await storeEvent(transaction, outboxRow(orderRefunded, orderId, event));
      return true;
    });
    return moved ? { ...refund, state: "done" } : this.#find(id);
  }

  /** The payment service has refused it for good. */
  async fail(refund: PendingRefund, problem: Problem): Promise<OrderRefund> {
    const failure = problem.toJSON();
    const failed = await this.#database.query(FAIL, [refund.id, JSON.stringify(failure)]);
    return failed.length > 0 ? { ...refund, state: "failed", failure } : this.#find(refund.id);
  }

  /**
   * The provider has refused what the shop owes: it is asked for by a further key from now on, or some minutes later.
   *
   * @returns Whether this refusal is counted; not where it is the one from before.
   */
  async refused({ id, refusals }: PendingRefund): Promise<boolean> {
    return (await this.#database.query(REFUSED, [id, refusals])).length > 0;
  }

  /** Lets go of a refund that cannot go on now. */
  async defer(id: string): Promise<void> {
    await this.#database.query(DEFER, [id]);
  }

  async #find(id: string): Promise<OrderRefund> {
    const [row] = await this.#database.query(FIND, [id]);
    if (row === undefined) throw new Error(`refund ${id} vanished; refunds are never deleted`);
    return orderRefund(row);
  }
}

const isPending = (refund: OrderRefund): refund is PendingRefund => refund.state === "pending";

/** Reads a row as what its state says it is; the table's checks guarantee that a failed one tells why. */
function orderRefund(row: RefundRow): OrderRefund {
  const facts = {
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    requestHash: row.request_hash,
    amount: row.amount,
    lines: row.lines,
    restock: row.restock,
    reason: row.reason,
    refusals: row.refusals,
    currency: row.currency,
    paymentId: row.payment_id,
    createdAt: row.created_at,
  };
  if (row.state !== "failed") return { ...facts, state: row.state };
  if (row.failure === null) throw new Error(`refund ${row.id} failed and does not tell why`);
  return { ...facts, state: "failed", failure: row.failure };
}
