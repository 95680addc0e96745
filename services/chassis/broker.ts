import { type AsyncMessage, type Channel, Connection, type Envelope } from "rabbitmq-client";
import type { Logger } from "./log.ts";
import { type Subscription, subscribe } from "./subscription.ts";
import { DEAD_LETTERS_EXCHANGE, EVENTS_EXCHANGE, eventsExchange } from "./topology.ts";
import { TRACEPARENT } from "./trace-context.ts";

export { EVENTS_EXCHANGE };

/** Headers of an event's message, beside its id, its routing key (`type`) and its publisher (`app_id`). */
export const EVENT_HEADERS = {
  /** The thing it happened to. */
  aggregateId: "aggregate-id",
  /** Grows from event to event of the same thing and publisher. */
  sequence: "sequence",
  /** When it happened, as RFC 3339. */
  occurredAt: "occurred-at",
} as const;

/** A message that goes to the events exchange. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly routingKey: string;
  /** JSON text. */
  readonly payload: string;
  readonly aggregateId: string;
  readonly sequence: number;
  readonly occurredAt: Date;
  /** The trace that it belongs to, if it belongs to one. */
  readonly traceparent: string | undefined;
}

/** A message that could not be handled, as it came and with the reason. */
export interface DeadLetter {
  readonly messageId: string | undefined;
  readonly routingKey: string;
  readonly appId: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** A connection to RabbitMQ that comes back by itself. */
export interface Broker {
  /** Whether it is connected now. */
  readonly ready: boolean;
  /** Calls `listener` each time the connection comes (back) up. */
  onReady(listener: () => void): void;
  /** Publishes durable messages; resolves when the broker has confirmed every one, rejects otherwise. */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Puts a message into the service's dead letters; resolves when the broker has confirmed it. */
  bury(letter: DeadLetter): Promise<void>;
  /**
   * Receives events from the service's own queue, in their order; see {@link subscribe}.
   *
   * @param receive Stores some messages; they are acknowledged when it resolves, and given again when it rejects.
   */
  consume(
    routingKeys: readonly string[],
    receive: (messages: readonly AsyncMessage[]) => Promise<void>,
  ): Subscription;
  /** Lends a channel of its own for as long as `work` runs. */
  channel<T>(work: (channel: Channel) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the connection to the broker; it is made in the background and may come later.
 *
 * @param url Such as `amqp://order:password@rabbitmq:5672/tradestack`.
 * @param service Name of the service, which its queues begin with.
 */
export function openBroker(url: string, service: string, log: Logger): Broker {
  const connection = new Connection({
    url,
    connectionName: service,
    acquireTimeout: 5000,
    connectionTimeout: 5000,
    heartbeat: 20,
    retryLow: 200,
    retryHigh: 5000,
  });
  let away = false;
  connection.on("error", (error: unknown) => {
    if (!away) log.warn({ err: error }, "the message broker is away");
    away = true;
  });
  connection.on("connection", () => {
    if (away) log.info("the message broker is back");
    away = false;
  });
  const publisher = connection.createPublisher({ confirm: true, exchanges: [eventsExchange] });
  const letters = connection.createPublisher({ confirm: true });

  return {
    get ready() {
      return connection.ready;
    },
    onReady: (listener) => void connection.on("connection", listener),
    async publish(messages) {
      await Promise.all(
        messages.map(({ messageId, routingKey, payload, aggregateId, sequence, occurredAt, traceparent }) => {
          const envelope: Envelope = {
            exchange: EVENTS_EXCHANGE,
            routingKey,
            messageId,
            type: routingKey,
            appId: service,
            contentType: "application/json",
            headers: {
              [EVENT_HEADERS.aggregateId]: aggregateId,
              [EVENT_HEADERS.sequence]: sequence,
              [EVENT_HEADERS.occurredAt]: occurredAt.toISOString(),
              ...(traceparent === undefined ? {} : { [TRACEPARENT]: traceparent }),
            },
            durable: true,
          };
          return publisher.send(envelope, Buffer.from(payload));
        }),
      );
    },
    async bury({ messageId, routingKey, appId, contentType, body, headers }) {
      const envelope: Envelope = {
        exchange: DEAD_LETTERS_EXCHANGE,
        routingKey: service,
        type: routingKey,
        ...(messageId !== undefined && { messageId }),
        ...(appId !== undefined && { appId }),
        ...(contentType !== undefined && { contentType }),
        headers,
        durable: true,
      };
      await letters.send(envelope, body);
    },
    consume: (routingKeys, receive) => subscribe(connection, { service, routingKeys, receive }, log),
    async channel(work) {
      const channel = await connection.acquire();
      try {
        return await work(channel);
      } finally {
        await channel.close();
      }
    },
    async close() {
      await Promise.all([publisher.close(), letters.close()]);
      await connection.close();
    },
  };
}
