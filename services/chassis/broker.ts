import { Connection, type Consumer, type ConsumerHandler, type Envelope } from "rabbitmq-client";
import type { Logger } from "./log.ts";

/** Topic exchange of all events. */
export const EVENTS_EXCHANGE = "tradestack.events";
/** Exchange of messages that could not be handled. */
export const DEAD_LETTERS_EXCHANGE = "tradestack.dead-letters";

/** A message that goes to the events exchange. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly routingKey: string;
  /** JSON text. */
  readonly payload: string;
}

/** A connection to RabbitMQ that comes back by itself. */
export interface Broker {
  /** Whether it is connected now. */
  readonly ready: boolean;
  /** Calls `listener` each time the connection comes (back) up. */
  onReady(listener: () => void): void;
  /** Publishes durable messages; resolves when the broker has confirmed every one, rejects otherwise. */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Consumes the service's own queue, declared with its dead-letter queue, for the given routing keys. */
  consume(routingKeys: readonly string[], handler: ConsumerHandler): Consumer;
  close(): Promise<void>;
}

/** A message that failed this often goes to the dead letters. */
const DELIVERY_LIMIT = 5;
/** Messages that one replica works on at the same time. */
const PREFETCH = 20;
const exchanges = [{ exchange: EVENTS_EXCHANGE, type: "topic", durable: true }];

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
  const publisher = connection.createPublisher({ confirm: true, exchanges });

  return {
    get ready() {
      return connection.ready;
    },
    onReady: (listener) => void connection.on("connection", listener),
    async publish(messages) {
      await Promise.all(
        messages.map(({ messageId, routingKey, payload }) => {
          const envelope: Envelope = {
            exchange: EVENTS_EXCHANGE,
            routingKey,
            messageId,
            type: routingKey,
            appId: service,
            contentType: "application/json",
            durable: true,
          };
          return publisher.send(envelope, Buffer.from(payload));
        }),
      );
    },
    consume(routingKeys, handler) {
      const queue = `${service}.events`;
      const consumer = connection.createConsumer(
        {
          queue,
          qos: { prefetchCount: PREFETCH },
          exchanges,
          queueOptions: {
            queue,
            durable: true,
            arguments: {
              "x-queue-type": "quorum",
              "x-delivery-limit": DELIVERY_LIMIT,
              "x-dead-letter-exchange": DEAD_LETTERS_EXCHANGE,
              "x-dead-letter-routing-key": service,
            },
          },
          queueBindings: routingKeys.map((routingKey) => ({ exchange: EVENTS_EXCHANGE, queue, routingKey })),
          lazy: true,
        },
        handler,
      );
      consumer.on("error", (error: unknown) => log.warn({ err: error, queue }, "consuming failed"));
      // The dead letters must have a place before the first message can be refused.
      const start = () =>
        declareDeadLetters(connection, service).then(
          () => {
            connection.off("connection", start);
            consumer.start();
          },
          (error: unknown) => log.error({ err: error, queue }, "the dead-letter queue cannot be declared"),
        );
      connection.on("connection", start);
      if (connection.ready) void start();
      return consumer;
    },
    async close() {
      await publisher.close();
      await connection.close();
    },
  };
}

async function declareDeadLetters(connection: Connection, service: string): Promise<void> {
  const queue = `${service}.dead-letters`;
  const channel = await connection.acquire();
  try {
    await channel.exchangeDeclare({ exchange: DEAD_LETTERS_EXCHANGE, type: "direct", durable: true });
    await channel.queueDeclare({ queue, durable: true, arguments: { "x-queue-type": "quorum" } });
    await channel.queueBind({ exchange: DEAD_LETTERS_EXCHANGE, queue, routingKey: service });
  } finally {
    await channel.close();
  }
}
