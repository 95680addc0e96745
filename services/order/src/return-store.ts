import { randomUUIDv7 } from "node:crypto";
import { type Database, type Queryable, statement } from "../../chassis/index.ts";
import type { GoodsReturnState } from "../../contracts/order-api.ts";
import type { StoredReturn } from "./goods-return.ts";

interface ReturnRow {
  readonly id: string;
  readonly order_id: string;
  readonly request_hash: string;
  readonly state: GoodsReturnState;
  readonly lines: StoredReturn["lines"];
  readonly reason: string;
  readonly requested_by: string;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

const COLUMNS = "id, order_id, request_hash, state, lines, reason, requested_by, created_at, closed_at";

const ADD = statement<ReturnRow>(
  "return-add",
  `INSERT INTO returns (id, order_id, idempotency_key, request_hash, lines, reason, requested_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
);
const BY_KEY = statement<ReturnRow>(
  "return-by-key",
  `SELECT ${COLUMNS} FROM returns WHERE order_id = $1 AND idempotency_key = $2`,
);
const FIND = statement<ReturnRow>(
  "return-find",
  `SELECT ${COLUMNS} FROM returns WHERE order_id = $1 AND id = $2`,
);
const OF_ORDER = statement<ReturnRow>(
  "return-of-order",
  `SELECT ${COLUMNS} FROM returns WHERE order_id = $1 ORDER BY id`,
);
const OPEN = statement<ReturnRow>(
  "return-open",
  `SELECT ${COLUMNS} FROM returns
   WHERE state = 'requested' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
);
const CLOSE = statement<ReturnRow>(
  "return-close",
  `UPDATE returns SET state = $2, closed_by = $3, closed_at = clock_timestamp()
   WHERE id = $1 AND state = 'requested' RETURNING ${COLUMNS}`,
);

/** A return before it is stored. */
export interface NewReturn extends Pick<StoredReturn, "orderId" | "requestHash" | "lines" | "reason" | "by"> {
  /** Chosen by who asks. */
  readonly idempotencyKey: string;
}

/** Stores a return. The database refuses one of more pieces than are left. */
export async function storeReturn(transaction: Queryable, goods: NewReturn): Promise<StoredReturn> {
  const { orderId, idempotencyKey, requestHash, lines, reason, by } = goods;
  const values = [randomUUIDv7(), orderId, idempotencyKey, requestHash, JSON.stringify(lines), reason, by];
  const [row] = await transaction.query(ADD, values);
  if (row === undefined) throw new Error(`a return of order ${orderId} was not stored`);
  return storedReturn(row);
}

/** Finds a return by the key that it was asked for with. */
export async function findReturnByKey(
  transaction: Queryable,
  orderId: string,
  idempotencyKey: string,
): Promise<StoredReturn | undefined> {
  const [row] = await transaction.query(BY_KEY, [orderId, idempotencyKey]);
  return row && storedReturn(row);
}

/** Finds a return of an order. */
export async function findReturn(
  database: Pick<Queryable, "query">,
  orderId: string,
  id: string,
): Promise<StoredReturn | undefined> {
  const [row] = await database.query(FIND, [orderId, id]);
  return row && storedReturn(row);
}

/** Closes a return that is open; undefined where it is not. */
export async function closeReturn(
  database: Pick<Queryable, "query">,
  id: string,
  state: Exclude<GoodsReturnState, "requested">,
  by: string,
): Promise<StoredReturn | undefined> {
  const [row] = await database.query(CLOSE, [id, state, by]);
  return row && storedReturn(row);
}

/** Returns as people look at them. */
export class ReturnStore {
  readonly #database: Pick<Database, "query">;

  constructor(database: Pick<Database, "query">) {
    this.#database = database;
  }

  /** All returns of an order, the oldest first. */
  async ofOrder(orderId: string): Promise<StoredReturn[]> {
    return (await this.#database.query(OF_ORDER, [orderId])).map(storedReturn);
  }

  /**
   * Returns whose goods are waited for, the oldest first.
   *
   * @param after Id of the last one of the page before.
   */
  async open(limit: number, after: string | undefined): Promise<StoredReturn[]> {
    return (await this.#database.query(OPEN, [after ?? null, limit])).map(storedReturn);
  }
}

const storedReturn = (row: ReturnRow): StoredReturn => ({
  id: row.id,
  orderId: row.order_id,
  requestHash: row.request_hash,
  state: row.state,
  lines: row.lines,
  reason: row.reason,
  by: row.requested_by,
  createdAt: row.created_at,
  closedAt: row.closed_at ?? undefined,
});
