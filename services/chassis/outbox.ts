import { Compile, type Validator } from "typebox/compile";
import { type EventContract, type EventOf, routingKey } from "../contracts/event.ts";
import type { Broker, OutgoingMessage } from "./broker.ts";
import { type Database, type Queryable, statement } from "./database.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { currentTraceparent, traceparentOf } from "./trace-context.ts";
import { fail, messageAttributes, NO_TRACING, SpanKind, type Tracing } from "./tracing.ts";
import { startWorker, type Worker } from "./worker.ts";

/** An event on its way into the outbox, checked and written as text. */
export interface OutboxRow {
  readonly routingKey: string;
  readonly aggregateId: string;
  readonly payload: string;
  /** The trace of what it was prepared for. */
  readonly traceparent: string | undefined;
}

/** An event that does not fit its contract: a fault of the publisher, found before anything is stored. */
export class EventContractError extends Error {
  override readonly name = "EventContractError";
}

const validators = new WeakMap<EventContract, Validator>();

/**
 * Checks an event against its contract and prepares it for the outbox.
 *
 * @param contract What is published, such as `orderPaid`.
 * @param aggregateId The thing it happened to; events of one thing are published in the order they were stored.
 * @param event The payload.
 * @throws {EventContractError} naming the first field that does not fit.
 */
export function outboxRow<Contract extends EventContract>(
  contract: Contract,
  aggregateId: string,
  event: EventOf<Contract>,
): OutboxRow {
  let validator = validators.get(contract);
  if (validator === undefined) {
    validator = Compile(contract.schema);
    validators.set(contract, validator);
  }
  if (!validator.Check(event)) {
    const [first] = validator.Errors(event);
    throw new EventContractError(`event ${routingKey(contract)}, ${first?.instancePath}: ${first?.message}`);
  }
  return {
    routingKey: routingKey(contract),
    aggregateId,
    payload: JSON.stringify(event),
    traceparent: currentTraceparent(),
  };
}

const INSERT = statement(
  "outbox-insert",
  "INSERT INTO outbox (routing_key, aggregate_id, payload, traceparent) VALUES ($1, $2, $3, $4)",
);

/**
 * Stores an event in the transaction of its cause, which holds a lock on the thing that it happened to: else a later
 * event of the same thing may be published first. Statements that write everything at once may insert an
 * {@link OutboxRow} into `outbox (routing_key, aggregate_id, payload, traceparent)` themselves.
 */
export const storeEvent = async (transaction: Queryable, row: OutboxRow): Promise<void> => {
  await transaction.query(INSERT, [row.routingKey, row.aggregateId, row.payload, row.traceparent]);
};

/** Events that one turn of the relay publishes at the most. */
const BATCH = 200;
/** Looks this often for events that another replica left behind, in milliseconds. */
const POLL = 1000;
/** An event that was just stored waits so long for others, in milliseconds: they share a transaction. */
const LINGER = 50;

interface TakenRow {
  readonly id: number;
  readonly message_id: string;
  readonly routing_key: string;
  readonly aggregate_id: string;
  readonly payload: string;
  readonly created_at: Date;
  readonly traceparent: string | null;
  readonly followed: boolean;
}

/**
 * Takes the oldest event of each aggregate. Events of other relays' batches are locked and left alone; as they
 * stay in the table until they are confirmed, a later event of the same aggregate waits for them.
 */
const TAKE = statement<TakenRow>(
  "outbox-take",
  `DELETE FROM outbox WHERE id IN (
     SELECT id FROM outbox AS candidate
     WHERE NOT EXISTS (
       SELECT FROM outbox AS earlier
       WHERE earlier.aggregate_id = candidate.aggregate_id AND earlier.id < candidate.id)
     ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING id, message_id, routing_key, aggregate_id, payload, created_at, traceparent,
     EXISTS (SELECT FROM outbox AS later WHERE later.aggregate_id = outbox.aggregate_id AND later.id > outbox.id)
       AS followed`,
);

const LAG = statement<{ seconds: number }>(
  "outbox-lag",
  `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS seconds FROM outbox`,
);

/**
 * Publishes what is in the outbox, in every replica. An event is removed in the transaction in which the broker
 * confirmed it: one that was confirmed just before a crash is sent again with the same message id, none is lost.
 *
 * @returns The worker; `wake` it after storing an event, so that it is published at once.
 */
export function startOutboxRelay(
  database: Database,
  broker: Pick<Broker, "ready" | "onReady" | "publish">,
  metrics: Metrics,
  log: Logger,
  tracing: Tracing = NO_TRACING,
): Worker {
  const published = metrics.counter("outbox_published_total", "Events that the broker has confirmed");
  metrics.gauge("outbox_lag_seconds", "Age of the oldest event that is not yet published", async () => {
    const [row] = await database.query(LAG).catch(() => []);
    return row?.seconds ?? Number.NaN;
  });
  const relay = startWorker(
    "outbox relay",
    POLL,
    async () => {
      if (!broker.ready) return false;
      const taken = await database.transaction(async (transaction) => {
        const rows = await transaction.query(TAKE);
        await publish(rows, broker, tracing);
        return rows;
      });
      published.inc(taken.length);
      return taken.length === BATCH || taken.some(({ followed }) => followed);
    },
    log,
    LINGER,
  );
  broker.onReady(() => relay.wake());
  return relay;
}

/** Publishes events, each with a span from here to the broker's confirmation. */
async function publish(
  rows: readonly TakenRow[],
  broker: Pick<Broker, "publish">,
  tracing: Tracing,
): Promise<void> {
  const outgoing = rows.map((row) => {
    const span = tracing.begin(`publish ${row.routing_key}`, row.traceparent ?? undefined, {
      kind: SpanKind.PRODUCER,
      attributes: messageAttributes(row.routing_key, row.message_id, row.aggregate_id),
    });
    const message: OutgoingMessage = {
      messageId: row.message_id,
      routingKey: row.routing_key,
      payload: row.payload,
      aggregateId: row.aggregate_id,
      sequence: row.id,
      occurredAt: row.created_at,
      traceparent: span && traceparentOf(span.spanContext()),
    };
    return { message, span };
  });
  try {
    await broker.publish(outgoing.map(({ message }) => message));
  } catch (error) {
    for (const { span } of outgoing) if (span !== undefined) fail(span, error);
    throw error;
  } finally {
    for (const { span } of outgoing) span?.end();
  }
}
