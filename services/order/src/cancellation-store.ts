import { type Database, outboxRow, statement } from "../../chassis/index.ts";
import type { OrderState } from "../../contracts/order-api.ts";
import { orderCancelled } from "../../contracts/order-events.ts";
import { SYSTEM } from "./buyer.ts";
import { unknownOrder } from "./order.ts";
import { LEASE, PAUSE } from "./order-store.ts";

const BEGIN = statement<{ id: string }>(
  "cancellation-begin",
  `UPDATE orders SET state = 'cancelling', moved_by = $2, moved_why = $3, attempts = 0, leased_until = ${LEASE}
   WHERE id = $1 AND state = 'paid' RETURNING id`,
);
const STATE = statement<{ state: OrderState }>(
  "cancellation-state",
  "SELECT state FROM orders WHERE id = $1",
);
const TURN_DOWN = statement<{ state: OrderState }>(
  "cancellation-turn-down",
  `UPDATE orders SET state = CASE WHEN refunded = total THEN 'refunded' ELSE 'paid' END, moved_by = '${SYSTEM}',
     moved_why = 'already dispatched'
   WHERE id = $1 AND state = 'cancelling' RETURNING state`,
);
const FINISH = statement<{ id: string }>(
  "cancellation-finish",
  `WITH cancelled AS (
     UPDATE orders SET state = 'cancelled', moved_by = '${SYSTEM}', moved_why = NULL
     WHERE id = $1 AND state = 'cancelling' RETURNING id),
   event AS (
     INSERT INTO outbox (routing_key, aggregate_id, payload, traceparent) SELECT $2, $3, $4, $5 FROM cancelled)
   SELECT id FROM cancelled`,
);
const DEFER = statement(
  "cancellation-defer",
  `UPDATE orders SET leased_until = ${PAUSE} WHERE id = $1 AND state = 'cancelling'`,
);

/** The moves of an order that is cancelled; each is one statement that names the state it starts from. */
export class CancellationStore {
  readonly #database: Pick<Database, "query">;

  constructor(database: Pick<Database, "query">) {
    this.#database = database;
  }

  /**
   * Begins to cancel a paid order.
   *
   * @returns The state that the order is in now.
   */
  async begin(orderId: string, by: string, reason: string | undefined): Promise<OrderState> {
    const begun = await this.#database.query(BEGIN, [orderId, by, reason ?? null]);
    if (begun.length > 0) return "cancelling";
    return this.stateOf(orderId);
  }

  async stateOf(orderId: string): Promise<OrderState> {
    const [row] = await this.#database.query(STATE, [orderId]);
    if (row === undefined) throw unknownOrder(orderId);
    return row.state;
  }

  /** The parcel is on its way: the order stays what it was. */
  async turnDown(orderId: string): Promise<void> {
    await this.#database.query(TURN_DOWN, [orderId]);
  }

  /** Everything is back: ends the order and tells others. */
  async finish(orderId: string): Promise<boolean> {
    const { routingKey, aggregateId, payload, traceparent } = outboxRow(orderCancelled, orderId, { orderId });
    const values = [orderId, routingKey, aggregateId, payload, traceparent];
    return (await this.#database.query(FINISH, values)).length > 0;
  }

  /** Lets go of an order that cannot be cancelled now; it is taken up again after a pause. */
  async defer(orderId: string): Promise<void> {
    await this.#database.query(DEFER, [orderId]);
  }
}
