import type { AsyncMessage } from "rabbitmq-client";
import { type Broker, type DeadLetter, EVENT_HEADERS } from "./broker.ts";
import { type Database, type Queryable, statement } from "./database.ts";
import { deadLetterHeaders, isDiscarded } from "./dead-letter.ts";
import { type EventHandlers, type ReceivedEvent, UnreadableEventError } from "./event-handler.ts";
import { describeFailure } from "./failure.ts";
import type { Logger } from "./log.ts";
import { FORGOTTEN_AT_ONCE } from "./schema.ts";
import { EVENTS_EXCHANGE } from "./topology.ts";
import { isTraceparent, TRACEPARENT } from "./trace-context.ts";

/** An event as it is kept until it is handled; events of one stream are handled one after the other. */
interface InboxMessage extends ReceivedEvent {
  readonly sequence: number;
  readonly occurredAt: Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An index can keep so much. */
const MAX_STREAM = 500;

/**
 * Reads a message.
 *
 * @throws {UnreadableEventError} when it cannot be kept, so no delivery of it ever will.
 */
function readMessage(message: AsyncMessage): InboxMessage {
  const { messageId, appId = "", headers = {}, body } = message;
  const routingKey = routingKeyOf(message);
  const refuse = (problem: string) => new UnreadableEventError(problem);
  if (messageId === undefined || !UUID.test(messageId)) throw refuse("the message has no UUID as its id");
  if (routingKey.includes("\u0000")) throw refuse("the message's type cannot be kept");
  if (Buffer.isBuffer(body) || body === undefined) throw refuse("the message is no JSON of application/json");
  const aggregateId: unknown = headers[EVENT_HEADERS.aggregateId];
  const sequence: unknown = headers[EVENT_HEADERS.sequence];
  const traceparent: unknown = headers[TRACEPARENT];
  const occurredAt = new Date(String(headers[EVENT_HEADERS.occurredAt]));
  // One that does not say what it is about has no order to keep.
  const stream = typeof aggregateId === "string" ? `${appId}/${aggregateId}` : messageId;
  // PostgreSQL's texts hold every character but this one.
  if (stream.length > MAX_STREAM || stream.includes("\u0000"))
    throw refuse("the message's app_id and aggregate-id cannot be kept");
  return {
    messageId: messageId.toLowerCase(),
    routingKey,
    stream,
    sequence: typeof sequence === "number" && Number.isSafeInteger(sequence) ? sequence : 0,
    payload: JSON.stringify(body),
    occurredAt: Number.isNaN(occurredAt.getTime()) ? new Date() : occurredAt,
    traceparent: typeof traceparent === "string" && isTraceparent(traceparent) ? traceparent : undefined,
  };
}

/**
 * Whether a message comes from the dead letters. What others publish cannot: the broker lets nobody but the service
 * itself send to its queue past the events exchange.
 */
const isRedriven = ({ exchange }: AsyncMessage): boolean => exchange !== EVENTS_EXCHANGE;

/** A redriven message has lost its routing key on the way; its type, which its publisher may choose, is the same. */
const routingKeyOf = (message: AsyncMessage): string =>
  isRedriven(message) ? (message.type ?? message.routingKey) : message.routingKey;

/** The id keeps a second delivery out. Only one that is dead lives again: somebody has sent it on purpose. */
const STORE = statement(
  "inbox-store",
  `INSERT INTO inbox (message_id, routing_key, stream, sequence, occurred_at, payload, traceparent, state, due_at)
   SELECT message_id, routing_key, stream, sequence, occurred_at, payload, traceparent, 'waiting', now()
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[])
     AS message (message_id, routing_key, stream, sequence, occurred_at, payload, traceparent)
   ON CONFLICT (message_id) DO UPDATE SET state = 'waiting', attempts = 0, due_at = now()
   WHERE inbox.state = 'dead'`,
);
/** As handled already, unless an event of the same stream waits or is dead: then its place is behind that one. */
const ACCEPT = statement<{ message_id: string }>(
  "inbox-accept",
  `INSERT INTO inbox (message_id, routing_key, stream, sequence, occurred_at, state)
   SELECT message_id, routing_key, stream, sequence, occurred_at, 'handled'
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
     AS message (message_id, routing_key, stream, sequence, occurred_at)
   WHERE NOT EXISTS (SELECT FROM inbox AS earlier WHERE earlier.stream = message.stream AND earlier.state <> 'handled')
   ON CONFLICT (message_id) DO NOTHING RETURNING message_id`,
);
const DISCARD = statement(
  "inbox-discard",
  `UPDATE inbox SET state = 'handled', payload = NULL, due_at = NULL
   WHERE message_id = ANY ($1::uuid[]) AND state <> 'handled'`,
);

/**
 * Makes the first half of exactly-once: takes messages in the order in which they come, each once. As a rule they are
 * handled in the transaction that stores their ids. Where that fails, or something about them is out of the ordinary,
 * they are stored and handled by {@link startInbox}, perhaps in a replica of a newer version that knows more events than
 * this one; what can never be handled goes to the dead letters with the reason.
 *
 * @param onStored Called when there is something left to handle.
 */
export function receiver(
  database: Database,
  broker: Pick<Broker, "bury">,
  handlers: EventHandlers,
  onStored: () => void,
  log: Logger,
): (messages: readonly AsyncMessage[]) => Promise<void> {
  /** One that comes again may be what ended the process that had it first: its attempts have to be counted. */
  const isUnusual = (message: AsyncMessage): boolean =>
    message.redelivered || isRedriven(message) || !handlers.keys.includes(message.routingKey);

  /** @returns Those that it has not handled: all of them when one fails, as only the inbox tells them apart. */
  const handleAtOnce = async (messages: readonly InboxMessage[]): Promise<readonly InboxMessage[]> => {
    try {
      const [handled = [], others = []] = await database.transaction(async (transaction) => {
        const accepted = new Set(
          (await transaction.query(ACCEPT, idColumnsOf(messages))).map(({ message_id }) => message_id),
        );
        const handled = messages.filter(({ messageId }) => accepted.has(messageId));
        for (const message of handled) await handlers.handle(transaction, message);
        return [handled, messages.filter(({ messageId }) => !accepted.has(messageId))];
      });
      for (const { routingKey } of handled) handlers.count(routingKey);
      return others;
    } catch (error) {
      log.info(
        { err: error, messages: messages.length },
        "events could not be handled at once; they are stored",
      );
      return messages;
    }
  };

  return async (messages) => {
    const readable = new Map<string, InboxMessage>();
    const discarded: string[] = [];
    for (const message of messages) {
      if (isRedriven(message) && isDiscarded(message)) {
        if (UUID.test(message.messageId ?? "")) discarded.push(String(message.messageId));
        continue;
      }
      try {
        const read = readMessage(message);
        readable.set(read.messageId, read);
      } catch (error) {
        if (!(error instanceof UnreadableEventError)) throw error;
        log.error({ err: error, messageId: message.messageId }, "an unreadable message is a dead letter");
        await broker.bury(letterOf(message, error));
      }
    }
    if (discarded.length > 0) await database.query(DISCARD, [discarded]);
    const read = [...readable.values()];
    const waiting = read.length === 0 || messages.some(isUnusual) ? read : await handleAtOnce(read);
    if (waiting.length > 0)
      await database.query(STORE, [
        ...idColumnsOf(waiting),
        waiting.map(({ payload }) => payload),
        waiting.map(({ traceparent }) => traceparent ?? null),
      ]);
    if (waiting.length > 0 || discarded.length > 0) onStored();
  };
}

const letterOf = (message: AsyncMessage, error: Error): DeadLetter => ({
  messageId: message.messageId,
  routingKey: routingKeyOf(message),
  appId: message.appId,
  contentType: message.contentType,
  body: Buffer.isBuffer(message.body) ? message.body : Buffer.from(JSON.stringify(message.body) ?? ""),
  headers: deadLetterHeaders(message.headers ?? {}, { failure: describeFailure(error), attempts: 1 }),
});

const idColumnsOf = (messages: readonly InboxMessage[]): unknown[][] => [
  messages.map(({ messageId }) => messageId),
  messages.map(({ routingKey }) => routingKey),
  messages.map(({ stream }) => stream),
  messages.map(({ sequence }) => sequence),
  messages.map(({ occurredAt }) => occurredAt),
];

/** No broker delivers a message again after so long, in days. */
const REMEMBERED_DAYS = 14;

const FORGET = statement<{ message_id: string }>(
  "inbox-forget",
  `DELETE FROM inbox WHERE message_id = ANY (ARRAY(
     SELECT message_id FROM inbox
     WHERE state = 'handled' AND received_at < now() - make_interval(days => $1)
     ORDER BY received_at LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED))
   RETURNING message_id`,
);

/**
 * Removes ids of messages that cannot come again.
 *
 * @returns Whether there may be more of them.
 */
export const forgetOldMessages = async (database: Queryable): Promise<boolean> =>
  (await database.query(FORGET, [REMEMBERED_DAYS])).length === FORGOTTEN_AT_ONCE;
