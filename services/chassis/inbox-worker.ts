import { type Broker, EVENT_HEADERS } from "./broker.ts";
import { type Database, statement } from "./database.ts";
import { isDatabaseAway } from "./database-errors.ts";
import { deadLetterHeaders } from "./dead-letter.ts";
import { type EventHandlers, UnreadableEventError } from "./event-handler.ts";
import { describeFailure, type Failure } from "./failure.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { aboutOrder, orderOfPayload } from "./order-context.ts";
import { TRACEPARENT } from "./trace-context.ts";
import { startWorker, type Worker } from "./worker.ts";

/** How patient a service is with an event that it cannot handle. */
export interface RetryOptions {
  /** After so many attempts it is a dead letter. */
  readonly attempts: number;
  /** Pause after the first failure in milliseconds; each further one is twice as long. */
  readonly pause: number;
}

/** Looks this often for events that another replica has stored, or whose pause is over, in milliseconds. */
const POLL = 1000;
/** Events that one turn takes at the most, and that are handled at the same time. */
const BATCH = 20;
const PARALLEL = 4;
/** Nobody else takes an event up for so long, in seconds; one whose process was killed is taken up after it. */
const LEASE_SECONDS = 15;
/** An event that no replica knows is given up after so long, in minutes: longer than a new version takes to come. */
const UNKNOWN_MINUTES = 60;
/** Longest pause between attempts, in milliseconds. */
const MAX_PAUSE = 300_000;

interface TakenEvent {
  readonly message_id: string;
  readonly routing_key: string;
  readonly stream: string;
  readonly sequence: number;
  readonly payload: string;
  readonly attempts: number;
  readonly occurred_at: Date;
  readonly traceparent: string | null;
}

/**
 * Takes the first event of each stream that is not handled. A later one of the same stream waits, also behind one that
 * pauses or is dead. One that this replica does not know is left to a newer version. The attempt is counted beforehand: an event that kills its process is given up, too.
 */
const TAKE = statement<TakenEvent>(
  "inbox-take",
  `UPDATE inbox SET attempts = attempts + 1, due_at = now() + interval '${LEASE_SECONDS} seconds'
   WHERE message_id IN (
     SELECT message_id FROM inbox AS candidate
     WHERE state = 'waiting' AND due_at <= now()
       AND (routing_key = ANY ($1) OR received_at < now() - interval '${UNKNOWN_MINUTES} minutes')
       AND NOT EXISTS (
         SELECT FROM inbox AS earlier
         WHERE earlier.stream = candidate.stream AND earlier.sequence < candidate.sequence
           AND earlier.state <> 'handled')
     ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING message_id, routing_key, stream, sequence, payload, attempts, occurred_at, traceparent`,
);
/** Whoever comes second waits here for the first, and finds nothing left to do. */
const FINISH = statement<{ message_id: string }>(
  "inbox-finish",
  `UPDATE inbox SET state = 'handled', payload = NULL, due_at = NULL
   WHERE message_id = $1 AND state = 'waiting' RETURNING message_id`,
);
const PAUSE = statement(
  "inbox-pause",
  `UPDATE inbox SET due_at = now() + make_interval(secs => $2), attempts = $3
   WHERE message_id = $1 AND state = 'waiting'`,
);
const BURY = statement<{ message_id: string }>(
  "inbox-bury",
  `UPDATE inbox SET state = 'dead', due_at = NULL
   WHERE message_id = $1 AND state = 'waiting' RETURNING message_id`,
);
const BACKLOG = statement<{ seconds: number; dead: number }>(
  "inbox-backlog",
  `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at) FILTER (WHERE state = 'waiting')), 0)::float8
     AS seconds, count(*) FILTER (WHERE state = 'dead') AS dead
   FROM inbox WHERE state <> 'handled'`,
);

/**
 * Makes the second half of exactly-once, in every replica: handles what the inbox holds. An event and its handler's
 * effect are stored in one transaction. One that fails is tried again after a growing pause; only later events of the
 * same thing wait for it. After the last attempt it goes to the dead letters, and they wait until somebody has seen to
 * it.
 *
 * @returns The worker; `wake` it after storing an event.
 */
export function startInbox(
  database: Database,
  broker: Pick<Broker, "bury">,
  handlers: EventHandlers,
  retry: RetryOptions,
  metrics: Metrics,
  log: Logger,
): Worker {
  const retries = metrics.counter("inbox_retries_total", "Events that failed and are tried again", ["event"]);
  const buried = metrics.counter("inbox_buried_total", "Events that became dead letters", ["event"]);
  const backlog = async () => (await database.query(BACKLOG).catch(() => []))[0];
  metrics.gauge(
    "inbox_lag_seconds",
    "Time since the oldest event happened that is not yet handled",
    async () => (await backlog())?.seconds ?? Number.NaN,
  );
  metrics.gauge(
    "inbox_dead_letters",
    "Dead letters that keep later events of the same thing waiting",
    async () => (await backlog())?.dead ?? Number.NaN,
  );

  /** @returns Whether it was handled now. */
  const attempt = (event: TakenEvent): Promise<boolean> =>
    database.transaction(async (transaction) => {
      const finished = await transaction.query(FINISH, [event.message_id]);
      if (finished.length === 0) return false;
      await handlers.handle(transaction, {
        messageId: event.message_id,
        routingKey: event.routing_key,
        stream: event.stream,
        payload: event.payload,
        traceparent: event.traceparent ?? undefined,
      });
      return true;
    });

  const pause = (event: TakenEvent, attempts: number) =>
    database.query(PAUSE, [event.message_id, pauseAfter(attempts, retry.pause) / 1000, attempts]);

  const bury = async (event: TakenEvent, failure: Failure): Promise<void> => {
    try {
      await database.transaction(async (transaction) => {
        const dead = await transaction.query(BURY, [event.message_id]);
        if (dead.length > 0) await broker.bury(letterOf(event, failure));
      });
    } catch (error) {
      // The broker is away, so the letter has no place yet; the same attempt is made again.
      await pause(event, event.attempts - 1);
      throw error;
    }
    buried.inc({ event: event.routing_key });
    log.error({ ...named(event), failure }, "an event is a dead letter; later ones of the same thing wait");
  };

  const handle = async (event: TakenEvent): Promise<void> => {
    if (event.attempts > retry.attempts) return bury(event, KILLED);
    try {
      if (await attempt(event)) handlers.count(event.routing_key);
    } catch (error) {
      const isAway = error instanceof Error && isDatabaseAway(error);
      const isHopeless = error instanceof UnreadableEventError || event.attempts === retry.attempts;
      if (isHopeless && !isAway) return bury(event, describeFailure(error));
      // A database that is away is not the event's fault.
      const attempts = isAway ? event.attempts - 1 : event.attempts;
      retries.inc({ event: event.routing_key });
      log.warn({ err: error, ...named(event) }, "handling an event failed; it is tried again");
      await pause(event, attempts);
    }
  };

  return startWorker(
    "inbox",
    POLL,
    async () => {
      const events = await database.query(TAKE, [handlers.keys]);
      const queue = [...events];
      const worker = async () => {
        for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
          const taken = event;
          await aboutOrder(orderOfPayload(taken.payload), () => handle(taken));
        }
      };
      const ends = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      return events.length > 0;
    },
    log,
  );
}

const KILLED: Failure = { kind: "Killed", detail: "the process ended during every attempt" };

const named = ({ message_id, routing_key, attempts }: TakenEvent) => ({
  messageId: message_id,
  routingKey: routing_key,
  attempts,
});

/**
 * The pause before the next attempt: twice as long each time, by chance up to half shorter, so that events that failed
 * together do not all come back together.
 *
 * @param attempts How often it was tried, from 0.
 * @param first Pause after the first attempt, in milliseconds.
 */
export const pauseAfter = (attempts: number, first: number): number =>
  Math.min(first * 2 ** Math.max(attempts - 1, 0), MAX_PAUSE) * (0.5 + Math.random() / 2);

/** The event's message as it came. */
function letterOf(event: TakenEvent, failure: Failure) {
  const slash = event.stream.indexOf("/");
  const isOrdered = slash >= 0;
  const headers = {
    [EVENT_HEADERS.occurredAt]: event.occurred_at.toISOString(),
    ...(event.traceparent !== null && { [TRACEPARENT]: event.traceparent }),
    ...(isOrdered && {
      [EVENT_HEADERS.aggregateId]: event.stream.slice(slash + 1),
      [EVENT_HEADERS.sequence]: event.sequence,
    }),
  };
  return {
    messageId: event.message_id,
    routingKey: event.routing_key,
    appId: isOrdered ? event.stream.slice(0, slash) : undefined,
    contentType: "application/json",
    body: Buffer.from(event.payload),
    headers: deadLetterHeaders(headers, { failure, attempts: event.attempts }),
  };
}
