import { parseQuantity } from "../quantity.ts";

/** Port of the servers. */
export const REDIS_PORT = 6379;
/** Port of the Sentinels. */
export const SENTINEL_PORT = 26379;
/** Name that Sentinel knows the primary by; clients ask for it. */
export const PRIMARY = "primary";
/** Milliseconds without an answer after which a Sentinel takes the primary for lost. */
const DOWN_AFTER = 2000;
/** Milliseconds after which a failover that does not succeed is tried anew. */
const FAILOVER_TIMEOUT = 5000;
/** Part of the container's memory that data may take; the rest is for buffers and for writing snapshots. */
const DATA_SHARE = 0.6;

const MEBIBYTE = 2 ** 20;

/**
 * Settings that all servers share; roles and names are added by the start script.
 *
 * @param memoryLimit What the container may use, such as `256Mi`.
 * @param replicas Servers in the set.
 */
export function serverConfiguration(memoryLimit: string, replicas: number): string {
  const maxmemory = Math.floor(((parseQuantity(memoryLimit) ?? 0) * DATA_SHARE) / MEBIBYTE);
  const settings = [
    `port ${REDIS_PORT}`,
    "protected-mode no",
    "aclfile /run/secrets/redis/users.acl",
    "dir /data/redis",
    // At most the last second is lost with a server, and nothing that a replica has acknowledged.
    "appendonly yes",
    "appendfsync everysec",
    `maxmemory ${maxmemory}mb`,
    // Where memory runs out, what nobody has used for longest goes first. By time to live (volatile-ttl) it would be
    // the counts of logins and requests, which live for minutes and hold a flood off, while carts live for weeks; by
    // frequency (volatile-lfu) the few attempts of a guesser count as little as a forgotten cart. What never expires
    // is never thrown out.
    "maxmemory-policy volatile-lru",
    "tcp-keepalive 60",
    "repl-diskless-sync-delay 0",
  ];
  // A primary cut off from all its replicas stops writing, so that little is lost when another one takes over.
  if (replicas > 1) settings.push("min-replicas-to-write 1", "min-replicas-max-lag 10");
  return `${settings.join("\n")}\n`;
}

/** Settings of Sentinel that go before what it remembers. */
export const SENTINEL_HEAD = `port ${SENTINEL_PORT}
protected-mode no
dir /tmp
aclfile /run/secrets/redis/sentinel.acl
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-port ${SENTINEL_PORT}
sentinel sentinel-user sentinel
`;

/** Settings of Sentinel about the primary, which have to follow the line that names it. */
export const SENTINEL_TAIL = `sentinel down-after-milliseconds ${PRIMARY} ${DOWN_AFTER}
sentinel failover-timeout ${PRIMARY} ${FAILOVER_TIMEOUT}
sentinel parallel-syncs ${PRIMARY} 2
sentinel auth-user ${PRIMARY} sentinel
`;
