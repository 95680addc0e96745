/** Topic exchange that all events go through. */
export const EVENTS = "tradestack.events";
/** Exchange of messages that nobody could handle. */
export const DEAD_LETTERS = "tradestack.dead-letters";

const DURABLE = { durable: true, auto_delete: false } as const;
const QUORUM = { "x-queue-type": "quorum", "x-delivery-limit": 1_000_000_000 } as const;

/**
 * The exchanges, queues and bindings of services, as `load_definitions` reads them. Each service declares its own, too, in
 * `services/chassis/topology.ts`. But the broker throws away an event that no queue is bound for: one that is published
 * before its consumer has run for the first time would reach nobody.
 *
 * @param consumers Services by name, and the routing keys that each consumes.
 * @param vhost The virtual host that all of it is in.
 */
export function topology(
  consumers: readonly { readonly name: string; readonly consumes: readonly string[] }[],
  vhost: string,
) {
  const exchange = (name: string, type: "topic" | "direct" | "fanout") => ({
    name,
    vhost,
    type,
    ...DURABLE,
    internal: false,
    arguments: {},
  });
  const queue = (name: string, args: Readonly<Record<string, string | number | boolean>>) => ({
    name,
    vhost,
    ...DURABLE,
    arguments: { ...QUORUM, ...args },
  });
  const binding = (source: string, destination: string, routing_key: string) => ({
    source,
    vhost,
    destination,
    destination_type: "queue",
    routing_key,
    arguments: {},
  });
  return {
    exchanges: [
      exchange(EVENTS, "topic"),
      exchange(DEAD_LETTERS, "direct"),
      ...consumers.map(({ name }) => exchange(`${name}.redriven`, "fanout")),
    ],
    queues: consumers.flatMap(({ name }) => [
      queue(`${name}.dead-letters`, {}),
      queue(`${name}.events`, {
        "x-single-active-consumer": true,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-routing-key": name,
      }),
    ]),
    bindings: consumers.flatMap(({ name, consumes }) => [
      binding(DEAD_LETTERS, `${name}.dead-letters`, name),
      binding(`${name}.redriven`, `${name}.events`, ""),
      ...consumes.map((key) => binding(EVENTS, `${name}.events`, key)),
    ]),
  };
}
