import type { Channel } from "rabbitmq-client";

/** Topic exchange of all events. */
export const EVENTS_EXCHANGE = "tradestack.events";
/** Exchange of messages that could not be handled; routed by the name of the service that could not. */
export const DEAD_LETTERS_EXCHANGE = "tradestack.dead-letters";

/** What belongs to one consuming service. Its names begin with the service's, which its rights on the broker need. */
export interface ServiceTopology {
  /** What it consumes. */
  readonly events: string;
  /** What it could not handle. */
  readonly deadLetters: string;
  /** Exchange by which dead letters come back to `events`, and to nobody else. */
  readonly redriven: string;
}

export const topologyOf = (service: string): ServiceTopology => ({
  events: `${service}.events`,
  deadLetters: `${service}.dead-letters`,
  redriven: `${service}.redriven`,
});

/**
 * How often a message may be delivered before the broker throws it out: never, for all that matters. RabbitMQ 4 does
 * so after 20 times unless it is told otherwise, however good the reasons, such as a consumer's database that was away.
 */
const NO_LIMIT = 1_000_000_000;
const QUORUM = { "x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT } as const;

/** Declares the exchange of all events, which publishers need. */
export const eventsExchange = { exchange: EVENTS_EXCHANGE, type: "topic", durable: true } as const;

/**
 * Declares everything that a consuming service needs. Only one of its replicas receives at a time
 * (`x-single-active-consumer`): of two events of the same thing, the earlier one is always stored first.
 *
 * @param routingKeys What it consumes; where it is not said, its queue is bound to nothing new.
 */
export async function declareTopology(
  channel: Channel,
  service: string,
  routingKeys: readonly string[] = [],
): Promise<ServiceTopology> {
  const topology = topologyOf(service);
  const { events, deadLetters, redriven } = topology;
  await channel.exchangeDeclare(eventsExchange);
  await channel.exchangeDeclare({ exchange: DEAD_LETTERS_EXCHANGE, type: "direct", durable: true });
  await channel.queueDeclare({ queue: deadLetters, durable: true, arguments: QUORUM });
  await channel.queueBind({ exchange: DEAD_LETTERS_EXCHANGE, queue: deadLetters, routingKey: service });
  await channel.queueDeclare({
    queue: events,
    durable: true,
    arguments: {
      ...QUORUM,
      "x-single-active-consumer": true,
      "x-dead-letter-exchange": DEAD_LETTERS_EXCHANGE,
      "x-dead-letter-routing-key": service,
    },
  });
  await channel.exchangeDeclare({ exchange: redriven, type: "fanout", durable: true });
  await channel.queueBind({ exchange: redriven, queue: events, routingKey: "" });
  for (const routingKey of routingKeys) {
    await channel.queueBind({ exchange: EVENTS_EXCHANGE, queue: events, routingKey });
  }
  return topology;
}
