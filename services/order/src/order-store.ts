import { type Database, type OutboxRow, type StoredResponse, statement } from "../../chassis/index.ts";
import type { OrderLine, OrderRequest, OrderState } from "../../contracts/order-api.ts";
import type { PendingOrder, ReservedOrder, SagaOrder } from "./order.ts";

/**
 * Nobody else takes an order up for so long after its last step, in seconds. Longer than a step usually takes,
 * shorter than a client who repeats the request has patience.
 */
const LEASE_SECONDS = 5;
/** Longest pause between attempts to finish an order, in seconds. */
const MAX_PAUSE_SECONDS = 30;

interface OrderRow {
  readonly id: string;
  readonly request_hash: string;
  readonly state: OrderState;
  readonly lines: readonly (OrderLine | OrderRequest["lines"][number])[];
  readonly currency: string | null;
  readonly total: number | null;
  readonly card_token: string | null;
  readonly payment_id: string | null;
  readonly response_status: number | null;
  readonly response: string | null;
  readonly attempts: number;
  readonly created_at: Date;
}

const COLUMNS = `id, request_hash, state, lines, currency, total, card_token, payment_id, response_status, response,
  attempts, created_at`;
const UNFINISHED = "state IN ('pending', 'reserved', 'compensating')";
const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

const OPEN = statement<{ created_at: Date }>(
  "order-open",
  `INSERT INTO orders (id, idempotency_key, request_hash, customer_email, lines, card_token, leased_until)
   VALUES ($1, $2, $3, $4, $5, $6, ${LEASE})
   ON CONFLICT (idempotency_key) DO NOTHING RETURNING created_at`,
);
const TAKE_BY_KEY = statement<OrderRow & { taken: boolean }>(
  "order-take-by-key",
  `WITH taken AS (
     UPDATE orders SET leased_until = ${LEASE}
     WHERE idempotency_key = $1 AND request_hash = $2 AND ${UNFINISHED} AND leased_until < now()
     RETURNING ${COLUMNS})
   SELECT *, true AS taken FROM taken
   UNION ALL
   SELECT ${COLUMNS}, false FROM orders WHERE idempotency_key = $1 AND NOT EXISTS (SELECT FROM taken)`,
);
const TAKE_ABANDONED = statement<OrderRow>(
  "order-take-abandoned",
  `UPDATE orders SET leased_until = ${LEASE}, attempts = attempts + 1
   WHERE id IN (
     SELECT id FROM orders WHERE ${UNFINISHED} AND leased_until < now()
     ORDER BY leased_until LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${COLUMNS}`,
);
const FIND = statement<OrderRow>("order-find", `SELECT ${COLUMNS} FROM orders WHERE id = $1`);
const RESERVE = statement<{ id: string }>(
  "order-reserve",
  `UPDATE orders SET state = 'reserved', lines = $2, currency = $3, total = $4, leased_until = ${LEASE}
   WHERE id = $1 AND state = 'pending' RETURNING id`,
);
const PAY = statement<{ id: string }>(
  "order-pay",
  `WITH paid AS (
     UPDATE orders SET state = 'paid', payment_id = $2, card_token = NULL, response_status = $3, response = $4
     WHERE id = $1 AND state = 'reserved' RETURNING id),
   event AS (
     INSERT INTO outbox (routing_key, aggregate_id, payload) SELECT $5, $6, $7 FROM paid)
   SELECT id FROM paid`,
);
const COMPENSATE = statement<{ id: string }>(
  "order-compensate",
  `UPDATE orders SET state = 'compensating', response_status = $2, response = $3, leased_until = ${LEASE}
   WHERE id = $1 AND state = 'reserved' RETURNING id`,
);
const REJECT_PENDING = statement<{ id: string }>(
  "order-reject-pending",
  `UPDATE orders SET state = 'rejected', card_token = NULL, response_status = $2, response = $3
   WHERE id = $1 AND state = 'pending' RETURNING id`,
);
const REJECT_COMPENSATED = statement<OrderRow>(
  "order-reject-compensated",
  `UPDATE orders SET state = 'rejected', card_token = NULL
   WHERE id = $1 AND state = 'compensating' RETURNING ${COLUMNS}`,
);
const DEFER = statement(
  "order-defer",
  `UPDATE orders SET leased_until = now() + make_interval(secs => least(power(2, attempts), ${MAX_PAUSE_SECONDS}))
   WHERE id = $1 AND ${UNFINISHED}`,
);

/** A new order, as it is stored before anything is done about it. */
export interface NewOrder {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly requestHash: string;
  readonly request: OrderRequest;
}

/**
 * The orders in the database. Each move is one statement that names the state it starts from: it answers whether it
 * was made, and does nothing when somebody else has moved the order in the meantime.
 */
export class OrderStore {
  readonly #database: Pick<Database, "query">;

  constructor(database: Pick<Database, "query">) {
    this.#database = database;
  }

  /** Stores a new order, leased to the caller; undefined when its key is known already. */
  async open({ id, idempotencyKey, requestHash, request }: NewOrder): Promise<PendingOrder | undefined> {
    const { customer, lines, payment } = request;
    const [row] = await this.#database.query(OPEN, [
      id,
      idempotencyKey,
      requestHash,
      customer.email,
      JSON.stringify(lines),
      payment.token,
    ]);
    return (
      row && {
        state: "pending",
        id,
        requestHash,
        lines,
        cardToken: payment.token,
        attempts: 0,
        createdAt: row.created_at,
      }
    );
  }

  /**
   * Finds the order with a key, and takes the lease when it is unfinished, free, and the same request.
   *
   * @returns The order and whether the caller may work on it.
   */
  async takeByKey(
    idempotencyKey: string,
    requestHash: string,
  ): Promise<{ readonly order: SagaOrder; readonly taken: boolean } | undefined> {
    const [row] = await this.#database.query(TAKE_BY_KEY, [idempotencyKey, requestHash]);
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
    { lines, currency, total }: Pick<ReservedOrder, "lines" | "currency" | "total">,
  ): Promise<boolean> {
    const values = [order.id, JSON.stringify(lines), currency, total];
    return (await this.#database.query(RESERVE, values)).length > 0;
  }

  async pay(
    order: ReservedOrder,
    paymentId: string,
    outcome: StoredResponse,
    event: OutboxRow,
  ): Promise<boolean> {
    const { routingKey, aggregateId, payload } = event;
    const values = [order.id, paymentId, outcome.status, outcome.body, routingKey, aggregateId, payload];
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
}

/** Reads a row as what its state says it is; the table's checks guarantee the columns that are read here. */
function sagaOrder(row: OrderRow): SagaOrder {
  const facts = {
    id: row.id,
    requestHash: row.request_hash,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
  switch (row.state) {
    case "pending":
      return { ...facts, state: "pending", lines: [...row.lines], cardToken: row.card_token ?? "" };
    case "reserved":
      return {
        ...facts,
        state: "reserved",
        lines: row.lines.filter(isPriced),
        currency: row.currency ?? "",
        total: row.total ?? 0,
        cardToken: row.card_token ?? "",
      };
    case "compensating":
      return { ...facts, state: "compensating" };
    case "paid":
    case "rejected":
      return {
        ...facts,
        state: row.state,
        outcome: { status: row.response_status ?? 500, body: row.response ?? "" },
      };
  }
}

const isPriced = (line: OrderRow["lines"][number]): line is OrderLine => "unitPrice" in line;
