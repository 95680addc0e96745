import { type Database, type OutboxRow, type StoredResponse, statement } from "../../chassis/index.ts";
import type { OrderRequest } from "../../contracts/order-api.ts";
import { GUEST, hashToken, SYSTEM } from "./buyer.ts";
import type { PendingOrder, ReservedOrder, SagaOrder } from "./order.ts";
import { ORDER_COLUMNS, type OrderRow, sagaOrder } from "./order-rows.ts";

/**
 * Nobody else takes an order up for so long after its last step, in seconds. Longer than a step usually takes,
 * shorter than a client who repeats the request has patience.
 */
const LEASE_SECONDS = 5;
/** Longest pause between attempts to finish something, in seconds. */
const MAX_PAUSE_SECONDS = 30;

/** Until when nobody else works on something, in SQL. */
export const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;
/** When something is tried again, in SQL: after a pause that grows with its attempts. No power overflows, however many. */
export const PAUSE = `now() + make_interval(secs => least(power(2, least(attempts, 16)), ${MAX_PAUSE_SECONDS}))`;

const UNFINISHED = "state IN ('pending', 'reserved', 'compensating', 'cancelling')";

const OPEN = statement<{ created_at: Date }>(
  "order-open",
  `INSERT INTO orders (id, idempotency_scope, idempotency_key, request_hash, user_id, token_hash, customer_email,
     ship_to, shipping, lines, card_token, agreed_total, agreed_currency, moved_by, leased_until)
   VALUES ($1, $2, $3, $4, $5::uuid, $6, $7, $8, $9, $10, $11, $12, $13, coalesce($5::uuid::text, '${GUEST}'), ${LEASE})
   ON CONFLICT (idempotency_scope, idempotency_key) DO NOTHING RETURNING created_at`,
);
const TAKE_BY_KEY = statement<OrderRow & { taken: boolean }>(
  "order-take-by-key",
  `WITH taken AS (
     UPDATE orders SET leased_until = ${LEASE}
     WHERE idempotency_scope = $1 AND idempotency_key = $2 AND request_hash = $3 AND ${UNFINISHED}
       AND state <> 'cancelling' AND leased_until < now()
     RETURNING ${ORDER_COLUMNS})
   SELECT *, true AS taken FROM taken
   UNION ALL
   SELECT ${ORDER_COLUMNS}, false FROM orders
   WHERE idempotency_scope = $1 AND idempotency_key = $2 AND NOT EXISTS (SELECT FROM taken)`,
);
const TAKE_ABANDONED = statement<OrderRow>(
  "order-take-abandoned",
  `UPDATE orders SET leased_until = ${LEASE}, attempts = attempts + 1
   WHERE id IN (
     SELECT id FROM orders WHERE ${UNFINISHED} AND leased_until < now()
     ORDER BY leased_until LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${ORDER_COLUMNS}`,
);
const FIND = statement<OrderRow>("order-find", `SELECT ${ORDER_COLUMNS} FROM orders WHERE id = $1`);
const RESERVE = statement<{ id: string }>(
  "order-reserve",
  `UPDATE orders SET state = 'reserved', lines = $2, currency = $3, goods = $4, shipping_cost = $5, tax = $6,
     total = $7, moved_by = '${SYSTEM}', leased_until = ${LEASE}
   WHERE id = $1 AND state = 'pending' RETURNING id`,
);
const LEAVE_OPEN = statement<{ id: string }>(
  "order-leave-open",
  `UPDATE orders SET payment_id = $2, leased_until = ${PAUSE}
   WHERE id = $1 AND state = 'reserved' RETURNING id`,
);
const PAY = statement<{ id: string }>(
  "order-pay",
  `WITH paid AS (
     UPDATE orders SET state = 'paid', payment_id = $2, card_token = NULL, response_status = $3, response = $4,
       moved_by = '${SYSTEM}'
     WHERE id = $1 AND state = 'reserved' RETURNING id),
   event AS (
     INSERT INTO outbox (routing_key, aggregate_id, payload, traceparent) SELECT $5, $6, $7, $8 FROM paid)
   SELECT id FROM paid`,
);
const COMPENSATE = statement<{ id: string }>(
  "order-compensate",
  `UPDATE orders SET state = 'compensating', response_status = $2, response = $3, moved_by = '${SYSTEM}',
     leased_until = ${LEASE}
   WHERE id = $1 AND state = 'reserved' RETURNING id`,
);
const REJECT_PENDING = statement<{ id: string }>(
  "order-reject-pending",
  `UPDATE orders SET state = 'rejected', card_token = NULL, response_status = $2, response = $3,
     moved_by = '${SYSTEM}'
   WHERE id = $1 AND state = 'pending' RETURNING id`,
);
const REJECT_COMPENSATED = statement<OrderRow>(
  "order-reject-compensated",
  `UPDATE orders SET state = 'rejected', card_token = NULL, moved_by = '${SYSTEM}'
   WHERE id = $1 AND state = 'compensating' RETURNING ${ORDER_COLUMNS}`,
);
const DEFER = statement(
  "order-defer",
  `UPDATE orders SET leased_until = ${PAUSE} WHERE id = $1 AND ${UNFINISHED}`,
);
const HURRY = statement(
  "order-hurry",
  "UPDATE orders SET leased_until = now() WHERE id = $1 AND state = 'reserved' AND payment_id IS NOT NULL",
);

/** A new order, as it is stored before anything is done about it. */
export interface NewOrder {
  readonly id: string;
  readonly keyScope: string;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly request: OrderRequest;
  /** The buyer's account, or the token of somebody who has none. */
  readonly owner: { readonly userId: string } | { readonly token: string };
}

/**
 * The orders in the database on their way to be paid. Each move is one statement that names the state it starts from:
 * it answers whether it was made, and does nothing when somebody else has moved the order in the meantime.
 */
export class OrderStore {
  readonly #database: Pick<Database, "query">;

  constructor(database: Pick<Database, "query">) {
    this.#database = database;
  }

  /** Stores a new order, leased to the caller; undefined when its key is known already. */
  async open(order: NewOrder): Promise<PendingOrder | undefined> {
    const { id, keyScope, idempotencyKey, requestHash, request, owner } = order;
    const { customer, shipTo, shipping = "standard", lines, payment, agreed } = request;
    const userId = "userId" in owner ? owner.userId : undefined;
    const [row] = await this.#database.query(OPEN, [
      id,
      keyScope,
      idempotencyKey,
      requestHash,
      userId ?? null,
      "token" in owner ? hashToken(owner.token) : null,
      customer.email,
      JSON.stringify(shipTo),
      shipping,
      JSON.stringify(lines),
      payment.token,
      agreed?.total ?? null,
      agreed?.currency ?? null,
    ]);
    return (
      row && {
        state: "pending",
        id,
        requestHash,
        userId,
        email: customer.email,
        shipTo,
        shipping,
        lines,
        cardToken: payment.token,
        agreed,
        attempts: 0,
        createdAt: row.created_at,
      }
    );
  }

  /**
   * Finds the order with a key, and takes the lease when it is undecided, free, and the same request.
   *
   * @returns The order and whether the caller may work on it.
   */
  async takeByKey(
    keyScope: string,
    idempotencyKey: string,
    requestHash: string,
  ): Promise<{ readonly order: SagaOrder; readonly taken: boolean } | undefined> {
    const [row] = await this.#database.query(TAKE_BY_KEY, [keyScope, idempotencyKey, requestHash]);
    return row && { order: sagaOrder(row), taken: row.taken };
  }

  /** Takes up to `limit` unfinished orders that nobody is working on. */
  async takeAbandoned(limit: number): Promise<SagaOrder[]> {
    return (await this.#database.query(TAKE_ABANDONED, [limit])).map(sagaOrder);
  }

  /** The order with this id as the saga sees it. */
  async find(id: string): Promise<SagaOrder> {
    const [row] = await this.#database.query(FIND, [id]);
    if (row === undefined) throw new Error(`order ${id} vanished; orders are never deleted`);
    return sagaOrder(row);
  }

  async reserve(
    order: PendingOrder,
    { lines, currency, totals }: Pick<ReservedOrder, "lines" | "currency" | "totals">,
  ): Promise<boolean> {
    const { goods, shipping, tax, total } = totals;
    const values = [order.id, JSON.stringify(lines), currency, goods, shipping, tax, total];
    return (await this.#database.query(RESERVE, values)).length > 0;
  }

  /** Notes that the provider has not decided yet; the order is taken up again later. */
  async leaveOpen(order: ReservedOrder, paymentId: string): Promise<boolean> {
    return (await this.#database.query(LEAVE_OPEN, [order.id, paymentId])).length > 0;
  }

  async pay(
    order: ReservedOrder,
    paymentId: string,
    outcome: StoredResponse,
    event: OutboxRow,
  ): Promise<boolean> {
    const { routingKey, aggregateId, payload, traceparent } = event;
    const told = [routingKey, aggregateId, payload, traceparent];
    const values = [order.id, paymentId, outcome.status, outcome.body, ...told];
    return (await this.#database.query(PAY, values)).length > 0;
  }

  async compensate(order: ReservedOrder, { status, body }: StoredResponse): Promise<boolean> {
    return (await this.#database.query(COMPENSATE, [order.id, status, body])).length > 0;
  }

  async rejectPending(order: PendingOrder, { status, body }: StoredResponse): Promise<boolean> {
    return (await this.#database.query(REJECT_PENDING, [order.id, status, body])).length > 0;
  }

  async rejectCompensated(id: string): Promise<SagaOrder | undefined> {
    const [row] = await this.#database.query(REJECT_COMPENSATED, [id]);
    return row && sagaOrder(row);
  }

  /** Lets go of an order that cannot go on now; it is taken up again after a pause that grows with its attempts. */
  async defer(id: string): Promise<void> {
    await this.#database.query(DEFER, [id]);
  }

  /** Lets the recovery take up an order at once whose payment was left open. */
  async hurry(id: string): Promise<void> {
    await this.#database.query(HURRY, [id]);
  }
}
