import { redisSha256 } from "../credentials.ts";

/** A client of Redis and the password it proves itself with. */
export interface RedisUser {
  readonly name: string;
  readonly password: string;
}

/** Passwords of the set's own parts. */
export interface InternalPasswords {
  /** Replicas, towards the primary. */
  readonly replica: string;
  /** Sentinels, towards servers and each other. */
  readonly sentinel: string;
  /** Health checks. */
  readonly probe: string;
}

/** What Sentinel needs on a server to watch it and to change its role. */
const SENTINEL_COMMANDS =
  "+multi +exec +slaveof +replicaof +ping +subscribe +publish +info +role +config|rewrite +client|setname +client|kill +script|kill";
/** What a client needs of a Sentinel: to be told who is primary, and when that changes. */
const DISCOVERY_COMMANDS =
  "+@connection +@pubsub -@admin -@dangerous -publish +info +role +sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|replicas +sentinel|slaves +sentinel|master +sentinel|masters";

/** The access list of the servers. */
export function serverAccess(users: readonly RedisUser[], internal: InternalPasswords): string {
  return list([
    "user default off",
    `user replica on ${hash(internal.replica)} -@all +psync +replconf +ping`,
    `user sentinel on ${hash(internal.sentinel)} allchannels -@all ${SENTINEL_COMMANDS}`,
    `user probe on ${hash(internal.probe)} -@all +ping +role`,
    ...users.map(({ name, password }) => `user ${name} on ${hash(password)} ${serviceAccess(name)}`),
  ]);
}

/** What a service may do: nothing but with the keys and channels that begin with its name. */
export const serviceAccess = (name: string): string => `~${name}:* &${name}:* +@all -@dangerous +info`;

/** The access list of the Sentinels: services may ask, only Sentinels may decide. */
export function sentinelAccess(users: readonly RedisUser[], internal: InternalPasswords): string {
  return list([
    "user default off",
    `user sentinel on ${hash(internal.sentinel)} allchannels +@all`,
    ...users.map(
      ({ name, password }) => `user ${name} on ${hash(password)} allchannels -@all ${DISCOVERY_COMMANDS}`,
    ),
  ]);
}

function hash(password: string): string {
  return `#${redisSha256(password)}`;
}

function list(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
