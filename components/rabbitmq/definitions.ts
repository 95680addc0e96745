import { rabbitSha256 } from "../credentials.ts";
import { DEAD_LETTERS, EVENTS, topology } from "./topology.ts";

/** Virtual host of the platform; also the path of the connection URL. */
export const VIRTUAL_HOST = "tradestack";

/** A client of the broker. Its queues begin with its name and a dot. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  /** Routing keys that it publishes. */
  readonly publishes: readonly string[];
  /** Routing keys that it consumes. */
  readonly consumes: readonly string[];
}

/** What a user may do with the resources whose names match; an empty pattern matches none. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/**
 * The fewest rights with which a service can declare its part of the topology, publish and consume.
 *
 * Binding a queue takes write on the queue and read on the exchange; a queue with a dead-letter exchange takes read
 * on the queue and write on that exchange.
 *
 * @example permissions({ name: "order", publishes: ["order.paid.v1"], consumes: [] }).write // "^tradestack\\.events$"
 */
export function permissions(user: Omit<BrokerUser, "password">): Permissions {
  const own = `${literal(user.name)}\\..+`;
  const events = literal(EVENTS);
  const deadLetters = literal(DEAD_LETTERS);
  const publishes = user.publishes.length > 0;
  const consumes = user.consumes.length > 0;
  return {
    configure: oneOf([...(publishes || consumes ? [events] : []), ...(consumes ? [deadLetters, own] : [])]),
    write: oneOf([...(publishes ? [events] : []), ...(consumes ? [deadLetters, own] : [])]),
    read: oneOf(consumes ? [events, deadLetters, own] : []),
  };
}

/**
 * The broker's definitions: one virtual host, one user per service, and the queues of those that consume. There is no
 * `guest` and no administrator.
 *
 * @returns JSON as `load_definitions` reads it.
 */
export function definitions(users: readonly BrokerUser[]): string {
  return JSON.stringify(
    {
      vhosts: [{ name: VIRTUAL_HOST }],
      users: users.map(({ name, password }) => ({
        name,
        password_hash: rabbitSha256(password, name),
        hashing_algorithm: "rabbit_password_hashing_sha256",
        tags: [],
      })),
      permissions: users.map((user) => ({ user: user.name, vhost: VIRTUAL_HOST, ...permissions(user) })),
      // Beyond the exchange: which events a service may put on it, and bind its queues to.
      topic_permissions: users.map((user) => ({
        user: user.name,
        vhost: VIRTUAL_HOST,
        exchange: EVENTS,
        write: oneOf(user.publishes.map(literal)),
        read: oneOf(user.consumes.map(literal)),
      })),
      ...topology(
        users.filter(({ consumes }) => consumes.length > 0),
        VIRTUAL_HOST,
      ),
    },
    undefined,
    2,
  );
}

function oneOf(patterns: readonly string[]): string {
  if (patterns.length === 0) return "^$";
  return patterns.length === 1 ? `^${patterns[0]}$` : `^(${patterns.join("|")})$`;
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
